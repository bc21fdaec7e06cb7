<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="fr" sourcelanguage="en">
    <context>
        <name>DiagnosticsWindow</name>
        <message>
            <source>Diagnostics</source>
            <translation>Diagnostic</translation>
        </message>
        <message>
            <source>Copy this into a report of a problem. It holds no pictures.</source>
            <translation>Copiez ceci dans un rapport de problème. Il ne contient aucune image.</translation>
        </message>
        <message>
            <source>Check again</source>
            <translation>Vérifier à nouveau</translation>
        </message>
        <message>
            <source>Checking…</source>
            <translation>Vérification…</translation>
        </message>
        <message>
            <source>Copy</source>
            <translation>Copier</translation>
        </message>
    </context>
    <context>
        <name>Gallery</name>
        <message>
            <source>Undo</source>
            <translation>Annuler</translation>
        </message>
        <message>
            <source>Add…</source>
            <translation>Ajouter…</translation>
        </message>
        <message>
            <source>Add a picture or a clip, or drop one here</source>
            <translation>Ajouter une image ou une vidéo, ou la déposer ici</translation>
        </message>
        <message>
            <source>Pictures and clips (%1)</source>
            <translation>Images et vidéos (%1)</translation>
        </message>
        <message>
            <source>Add backgrounds</source>
            <translation>Ajouter des arrière-plans</translation>
        </message>
        <message>
            <source>“%1” is not a picture or clip that can be read. Try JPEG, PNG, WebP or MP4.</source>
            <translation>« %1 » n’est pas une image ou une vidéo lisible. Essayez JPEG, PNG, WebP ou MP4.</translation>
        </message>
        <message>
            <source>“%1” is out of the list.</source>
            <translation>« %1 » est retiré de la liste.</translation>
        </message>
    </context>
    <context>
        <name>Options</name>
        <message>
            <source>Another…</source>
            <translation>Autre…</translation>
        </message>
        <message>
            <source>Blur strength</source>
            <translation>Force du flou</translation>
        </message>
        <message>
            <source>Picture size</source>
            <translation>Taille de l’image</translation>
        </message>
        <message>
            <source>Fill the frame</source>
            <translation>Remplir le cadre</translation>
        </message>
        <message>
            <source>Show all of it</source>
            <translation>Montrer en entier</translation>
        </message>
        <message>
            <source>Repeat it</source>
            <translation>En mosaïque</translation>
        </message>
        <message>
            <source>Colour</source>
            <translation>Couleur</translation>
        </message>
        <message>
            <source>Green</source>
            <translation>Vert</translation>
        </message>
        <message>
            <source>Blue</source>
            <translation>Bleu</translation>
        </message>
        <message>
            <source>Dark grey</source>
            <translation>Gris foncé</translation>
        </message>
        <message>
            <source>Light grey</source>
            <translation>Gris clair</translation>
        </message>
        <message>
            <source>Background colour</source>
            <translation>Couleur de fond</translation>
        </message>
    </context>
    <context>
        <name>Panel</name>
        <message>
            <source>Virtual Cam</source>
            <translation>Virtual Cam</translation>
        </message>
        <message>
            <source>Settings…</source>
            <translation>Réglages…</translation>
        </message>
        <message>
            <source>Background</source>
            <translation>Arrière-plan</translation>
        </message>
        <message>
            <source>Turn off</source>
            <translation>Éteindre</translation>
        </message>
        <message>
            <source>Turn on</source>
            <translation>Allumer</translation>
        </message>
        <message>
            <source>Show me again</source>
            <translation>Me montrer à nouveau</translation>
        </message>
        <message>
            <source>Pause: others see a still card</source>
            <translation>Pause : les autres voient un carton</translation>
        </message>
    </context>
    <context>
        <name>Preview</name>
        <message>
            <source>Preview</source>
            <translation>Aperçu</translation>
        </message>
    </context>
    <context>
        <name>SetUpWindow</name>
        <message>
            <source>Make “Virtual Cam” appear</source>
            <translation>Faire apparaître « Virtual Cam »</translation>
        </message>
        <message>
            <source>Try again</source>
            <translation>Réessayer</translation>
        </message>
        <message>
            <source>Windows needs a small driver, once. Any of these will do; then press Try again.</source>
            <translation>Windows demande un petit pilote, une seule fois. L’un de ceux-ci suffit ; ensuite, « Réessayer ».</translation>
        </message>
        <message>
            <source>1. UnityCapture: download it, then run in its Install folder, as administrator:
   regsvr32 "/i:UnityCaptureName=Virtual Cam" UnityCaptureFilter64.dll
   Your apps then list “Virtual Cam”.

2. Or OBS Studio 26 or newer: install it.
   Your apps then list “OBS Virtual Camera”: that one is us.</source>
            <translation>1. UnityCapture : téléchargez-le, puis dans son dossier Install, en administrateur :
   regsvr32 "/i:UnityCaptureName=Virtual Cam" UnityCaptureFilter64.dll
   Vos applications proposent alors « Virtual Cam ».

2. Ou OBS Studio 26 ou plus récent : installez-le.
   Vos applications proposent alors « OBS Virtual Camera » : c’est nous.</translation>
        </message>
        <message>
            <source>macOS needs the camera extension of OBS, once. Then press Try again.</source>
            <translation>macOS demande l’extension de caméra d’OBS, une seule fois. Ensuite, « Réessayer ».</translation>
        </message>
        <message>
            <source>1. Install OBS Studio 30 or newer, and open it.
2. Press “Start Virtual Camera”, allow the extension in System Settings, press “Stop”.
3. Quit OBS.

Your apps then list “OBS Virtual Camera”: that one is us.</source>
            <translation>1. Installez OBS Studio 30 ou plus récent, et ouvrez-le.
2. « Start Virtual Camera », autorisez l’extension dans les Réglages Système, puis « Stop ».
3. Quittez OBS.

Vos applications proposent alors « OBS Virtual Camera » : c’est nous.</translation>
        </message>
        <message>
            <source>Linux needs a kernel module, once. Copy these lines into a terminal: the second shows each change before it makes it, and can undo it. Then press Try again.

Other systems than Debian and Ubuntu: install v4l2loopback with their own package tool.</source>
            <translation>Linux demande un module noyau, une seule fois. Copiez ces lignes dans un terminal : la seconde montre chaque changement avant de le faire, et peut l’annuler. Ensuite, « Réessayer ».

Hors Debian et Ubuntu : installez v4l2loopback avec l’outil du système.</translation>
        </message>
        <message>
            <source>Set up now</source>
            <translation>Installer maintenant</translation>
        </message>
        <message>
            <source>Linux needs a kernel module, once. This is all that would be done, as administrator. Press “Set up now”, or copy it into a terminal of the administrator's.</source>
            <translation>Linux demande un module noyau, une seule fois. Voici tout ce qui serait fait, en tant qu’administrateur. Appuyez sur « Installer maintenant », ou copiez-le dans un terminal d’administrateur.</translation>
        </message>
        <message>
            <source>Working… The system may ask for your password. Building the module can take some minutes.</source>
            <translation>En cours… Le système peut demander votre mot de passe. La compilation du module peut prendre quelques minutes.</translation>
        </message>
        <message>
            <source>That did not work. This is what was said:</source>
            <translation>Cela n’a pas marché. Voici le message :</translation>
        </message>
        <message>
            <source>Done. Choose “Virtual Cam” as the camera in your meeting app; if it is open already, it may have to be started again.

This line would take it back:</source>
            <translation>C’est fait. Choisissez « Virtual Cam » comme caméra dans votre application de réunion ; si elle est déjà ouverte, il faut peut-être la relancer.

Cette ligne l’annule :</translation>
        </message>
    </context>
    <context>
        <name>SettingsWindow</name>
        <message>
            <source>Settings</source>
            <translation>Réglages</translation>
        </message>
        <message>
            <source>General</source>
            <translation>Général</translation>
        </message>
        <message>
            <source>Advanced</source>
            <translation>Avancé</translation>
        </message>
        <message>
            <source>Close</source>
            <translation>Fermer</translation>
        </message>
        <message>
            <source>%1 per second</source>
            <translation>%1 par seconde</translation>
        </message>
        <message>
            <source>As the system</source>
            <translation>Comme le système</translation>
        </message>
        <message>
            <source>Turn the camera on only while an app uses it</source>
            <translation>N’allumer la caméra que si une application l’utilise</translation>
        </message>
        <message>
            <source>Turn on when Virtual Cam opens</source>
            <translation>Allumer à l’ouverture de Virtual Cam</translation>
        </message>
        <message>
            <source>Open Virtual Cam at login</source>
            <translation>Ouvrir Virtual Cam à la connexion</translation>
        </message>
        <message>
            <source>Show my preview as a mirror</source>
            <translation>Aperçu en miroir</translation>
        </message>
        <message>
            <source>Let the background's light fall on my edges</source>
            <translation>Laisser la lumière du fond éclairer mes contours</translation>
        </message>
        <message>
            <source>No limit</source>
            <translation>Sans limite</translation>
        </message>
        <message>
            <source> % of one core</source>
            <translation> % d’un cœur</translation>
        </message>
        <message>
            <source>By quality</source>
            <translation>Selon la qualité</translation>
        </message>
        <message>
            <source>Camera</source>
            <translation>Caméra</translation>
        </message>
        <message>
            <source>Picture size</source>
            <translation>Taille de l’image</translation>
        </message>
        <message>
            <source>Frames</source>
            <translation>Images</translation>
        </message>
        <message>
            <source>Quality</source>
            <translation>Qualité</translation>
        </message>
        <message>
            <source>Language</source>
            <translation>Langue</translation>
        </message>
        <message>
            <source>Its light is off while nobody looks.</source>
            <translation>Son voyant est éteint quand personne ne regarde.</translation>
        </message>
        <message>
            <source>Others never see you mirrored.</source>
            <translation>Les autres ne vous voient jamais inversé.</translation>
        </message>
        <message>
            <source>Camera sends</source>
            <translation>La caméra envoie</translation>
        </message>
        <message>
            <source>Processor use</source>
            <translation>Charge du processeur</translation>
        </message>
        <message>
            <source>What your picture may take, without decoding the camera's. Above this, your outline is updated less often, then a simpler one is used, and at last half the frames.</source>
            <translation>Ce que votre image peut coûter, sans le décodage de la caméra. Au-delà, votre contour est mis à jour moins souvent, puis simplifié, et enfin une image sur deux est omise.</translation>
        </message>
        <message>
            <source>Model</source>
            <translation>Modèle</translation>
        </message>
        <message>
            <source>The name of a model in place of the quality. Leave it empty if unsure.</source>
            <translation>Nom d’un modèle à la place de la qualité. Laissez vide en cas de doute.</translation>
        </message>
        <message>
            <source>Automatic</source>
            <translation>Automatique</translation>
        </message>
        <message>
            <source>%1 (not connected)</source>
            <translation>%1 (débranchée)</translation>
        </message>
    </context>
    <context>
        <name>TextWindow</name>
        <message>
            <source>Close</source>
            <translation>Fermer</translation>
        </message>
        <message>
            <source>Copy</source>
            <translation>Copier</translation>
        </message>
        <message>
            <source>Copied</source>
            <translation>Copié</translation>
        </message>
    </context>
    <context>
        <name>Tile</name>
        <message>
            <source>Remove from the list</source>
            <translation>Retirer de la liste</translation>
        </message>
        <message>
            <source>Delete takes it out of the list.</source>
            <translation>Suppr le retire de la liste.</translation>
        </message>
    </context>
    <context>
        <name>Tray</name>
        <message>
            <source>Virtual Cam</source>
            <translation>Virtual Cam</translation>
        </message>
        <message>
            <source>Turn off</source>
            <translation>Éteindre</translation>
        </message>
        <message>
            <source>Turn on</source>
            <translation>Allumer</translation>
        </message>
        <message>
            <source>Pause</source>
            <translation>Pause</translation>
        </message>
        <message>
            <source>Open Virtual Cam</source>
            <translation>Ouvrir Virtual Cam</translation>
        </message>
        <message>
            <source>Settings…</source>
            <translation>Réglages…</translation>
        </message>
        <message>
            <source>Diagnostics…</source>
            <translation>Diagnostic…</translation>
        </message>
        <message>
            <source>Quit</source>
            <translation>Quitter</translation>
        </message>
        <message>
            <source>More backgrounds…</source>
            <translation>Autres arrière-plans…</translation>
        </message>
        <message>
            <source>Camera</source>
            <translation>Caméra</translation>
        </message>
        <message>
            <source>Automatic</source>
            <translation>Automatique</translation>
        </message>
    </context>
    <context>
        <name>Ui</name>
        <message>
            <source>Virtual Cam keeps running</source>
            <translation>Virtual Cam continue</translation>
        </message>
        <message>
            <source>Its icon in the tray opens it again, and quits it.</source>
            <translation>Son icône dans la barre permet de l’ouvrir et de le quitter.</translation>
        </message>
    </context>
    <context>
        <name>Verdict</name>
        <message>
            <source>This looks good</source>
            <translation>L’image est bonne</translation>
        </message>
        <message>
            <source>This looks bad</source>
            <translation>L’image est mauvaise</translation>
        </message>
    </context>
    <context>
        <name>words</name>
        <message>
            <source>Try again</source>
            <translation>Réessayer</translation>
        </message>
        <message>
            <source>Choose camera…</source>
            <translation>Choisir la caméra…</translation>
        </message>
        <message>
            <source>Show me how…</source>
            <translation>Comment faire…</translation>
        </message>
        <message>
            <source>Choose another…</source>
            <translation>En choisir un autre…</translation>
        </message>
        <message>
            <source>Use standard model</source>
            <translation>Modèle standard</translation>
        </message>
        <message>
            <source>Open settings…</source>
            <translation>Ouvrir les réglages…</translation>
        </message>
        <message>
            <source>Save again</source>
            <translation>Réenregistrer</translation>
        </message>
        <message>
            <source>Show diagnostics…</source>
            <translation>Voir le diagnostic…</translation>
        </message>
        <message>
            <source>Something went wrong</source>
            <translation>Un problème est survenu</translation>
        </message>
        <message>
            <source>Your room stays hidden. Diagnostics help us to mend it.</source>
            <translation>Votre pièce reste cachée. Le diagnostic nous aide à réparer.</translation>
        </message>
        <message>
            <source>No camera found</source>
            <translation>Aucune caméra trouvée</translation>
        </message>
        <message>
            <source>Plug one in: it is picked up by itself.</source>
            <translation>Branchez-en une : elle est prise en compte d’elle-même.</translation>
        </message>
        <message>
            <source>Another app is using the camera</source>
            <translation>Une autre application utilise la caméra</translation>
        </message>
        <message>
            <source>Choose “Virtual Cam” in that app, or close it: the picture then comes back.</source>
            <translation>Choisissez-y « Virtual Cam », ou fermez-la : l’image reviendra.</translation>
        </message>
        <message>
            <source>The camera is unplugged</source>
            <translation>La caméra est débranchée</translation>
        </message>
        <message>
            <source>Plug it in again and the picture comes back by itself.</source>
            <translation>Rebranchez-la et l’image revient d’elle-même.</translation>
        </message>
        <message>
            <source>The camera sends no pictures</source>
            <translation>La caméra n’envoie pas d’images</translation>
        </message>
        <message>
            <source>If it does not come back, unplug it and plug it in again.</source>
            <translation>Si rien ne revient, débranchez-la et rebranchez-la.</translation>
        </message>
        <message>
            <source>The camera may not be used</source>
            <translation>La caméra n’est pas autorisée</translation>
        </message>
        <message>
            <source>The system refuses it to this app. Diagnostics say what to allow.</source>
            <translation>Le système la refuse à cette application. Le diagnostic dit quoi autoriser.</translation>
        </message>
        <message>
            <source>The camera cannot be read</source>
            <translation>La caméra est illisible</translation>
        </message>
        <message>
            <source>It may be damaged, or send something that this app does not know.</source>
            <translation>Elle est peut-être abîmée, ou envoie un format inconnu.</translation>
        </message>
        <message>
            <source>There is no virtual camera yet</source>
            <translation>Il n’y a pas encore de caméra virtuelle</translation>
        </message>
        <message>
            <source>One small step makes “Virtual Cam” appear in your meeting apps.</source>
            <translation>Une petite étape, et « Virtual Cam » apparaît dans vos applications.</translation>
        </message>
        <message>
            <source>Another program sends to Virtual Cam</source>
            <translation>Un autre programme utilise Virtual Cam</translation>
        </message>
        <message>
            <source>Close that program, then try again.</source>
            <translation>Fermez ce programme, puis réessayez.</translation>
        </message>
        <message>
            <source>Virtual Cam is stuck</source>
            <translation>Virtual Cam est bloqué</translation>
        </message>
        <message>
            <source>Close the apps that use it, then try again.</source>
            <translation>Fermez les applications qui l’utilisent, puis réessayez.</translation>
        </message>
        <message>
            <source>Virtual Cam may not be used</source>
            <translation>Virtual Cam n’est pas autorisé</translation>
        </message>
        <message>
            <source>The pictures cannot be sent</source>
            <translation>Les images ne peuvent pas être envoyées</translation>
        </message>
        <message>
            <source>Virtual Cam went away or refuses them. Your room stays hidden.</source>
            <translation>Virtual Cam a disparu ou les refuse. Votre pièce reste cachée.</translation>
        </message>
        <message>
            <source>Without it your room cannot be hidden, so no picture is sent.</source>
            <translation>Sans lui, votre pièce ne peut être cachée : aucune image n’est envoyée.</translation>
        </message>
        <message>
            <source>The model is missing</source>
            <translation>Le modèle est absent</translation>
        </message>
        <message>
            <source>The model is damaged</source>
            <translation>Le modèle est abîmé</translation>
        </message>
        <message>
            <source>The model does not fit</source>
            <translation>Le modèle ne convient pas</translation>
        </message>
        <message>
            <source>You could not be told apart from the room</source>
            <translation>Impossible de vous distinguer de la pièce</translation>
        </message>
        <message>
            <source>So nothing of it is shown. Try again, or choose another quality in Settings.</source>
            <translation>Rien n’est donc montré. Réessayez, ou changez la qualité dans les réglages.</translation>
        </message>
        <message>
            <source>The background cannot be read</source>
            <translation>L’arrière-plan est illisible</translation>
        </message>
        <message>
            <source>It may have been moved or deleted. Your room stays hidden.</source>
            <translation>Il a peut-être été déplacé ou supprimé. Votre pièce reste cachée.</translation>
        </message>
        <message>
            <source>Some settings could not be read</source>
            <translation>Certains réglages étaient illisibles</translation>
        </message>
        <message>
            <source>Those are back to their defaults; the old file is kept beside the new one.</source>
            <translation>Ils reprennent leur valeur d’origine ; l’ancien fichier est gardé à côté.</translation>
        </message>
        <message>
            <source>The settings are not saved</source>
            <translation>Les réglages ne sont pas enregistrés</translation>
        </message>
        <message>
            <source>They hold until you quit. Is the disk full?</source>
            <translation>Ils valent jusqu’à la fermeture. Le disque est-il plein ?</translation>
        </message>
        <message>
            <source>The picture took too long</source>
            <translation>L’image a mis trop de temps</translation>
        </message>
        <message>
            <source>Your room stays hidden. Try again, or choose Performance in Settings.</source>
            <translation>Votre pièce reste cachée. Réessayez, ou choisissez « Performance ».</translation>
        </message>
        <message>
            <source>There is too little memory left</source>
            <translation>Il reste trop peu de mémoire</translation>
        </message>
        <message>
            <source>Your room stays hidden. Close other programs: the picture comes back.</source>
            <translation>Votre pièce reste cachée. Fermez d’autres programmes : l’image reviendra.</translation>
        </message>
        <message>
            <source>On: %1</source>
            <translation>Allumé : %1</translation>
        </message>
        <message>
            <source>%1. Trying again…</source>
            <translation>%1. Nouvel essai…</translation>
        </message>
        <message>
            <source>Off</source>
            <translation>Éteint</translation>
        </message>
        <message>
            <source>Starting…</source>
            <translation>Démarrage…</translation>
        </message>
        <message>
            <source>Waiting for the camera…</source>
            <translation>En attente de la caméra…</translation>
        </message>
        <message>
            <source>Paused: others see a still card</source>
            <translation>En pause : les autres voient un carton</translation>
        </message>
        <message>
            <source>Trying again…</source>
            <translation>Nouvel essai…</translation>
        </message>
        <message>
            <source>Not running</source>
            <translation>Arrêté</translation>
        </message>
        <message>
            <source>Saving CPU: your outline is updated less often</source>
            <translation>Économie : votre contour est moins souvent recalculé</translation>
        </message>
        <message>
            <source>Saving CPU: a simpler outline</source>
            <translation>Économie : contour plus simple</translation>
        </message>
        <message>
            <source>Saving CPU: a simpler outline, half the frames</source>
            <translation>Économie : contour plus simple, deux fois moins d’images</translation>
        </message>
        <message>
            <source>On: %1 fps, %2 % CPU</source>
            <translation>Allumé : %1 i/s, %2 % CPU</translation>
        </message>
        <message>
            <source>On: %1, %2 fps, %3 % CPU</source>
            <translation>Allumé : %1, %2 i/s, %3 % CPU</translation>
        </message>
        <message>
            <source>Virtual Cam is off</source>
            <translation>Virtual Cam est éteint</translation>
        </message>
        <message>
            <source>Turn it on to see yourself here.</source>
            <translation>Allumez-le pour vous voir ici.</translation>
        </message>
        <message>
            <source>The camera is off</source>
            <translation>La caméra est éteinte</translation>
        </message>
        <message>
            <source>Paused</source>
            <translation>En pause</translation>
        </message>
        <message>
            <source>Others see a still card, not you.</source>
            <translation>Les autres voient un carton, pas vous.</translation>
        </message>
        <message>
            <source>One moment…</source>
            <translation>Un instant…</translation>
        </message>
        <message>
            <source>The camera is starting.</source>
            <translation>La caméra démarre.</translation>
        </message>
        <message>
            <source>Others see a still card meanwhile.</source>
            <translation>En attendant, les autres voient un carton.</translation>
        </message>
        <message>
            <source>No picture</source>
            <translation>Pas d’image</translation>
        </message>
        <message>
            <source>Nothing of your room is shown.</source>
            <translation>Rien de votre pièce n’est montré.</translation>
        </message>
        <message>
            <source>None</source>
            <translation>Aucun</translation>
        </message>
        <message>
            <source>Blur</source>
            <translation>Flou</translation>
        </message>
        <message>
            <source>Colour</source>
            <translation>Couleur</translation>
        </message>
        <message>
            <source>Dawn</source>
            <translation>Aube</translation>
        </message>
        <message>
            <source>Evening</source>
            <translation>Soir</translation>
        </message>
        <message>
            <source>Meadow</source>
            <translation>Prairie</translation>
        </message>
        <message>
            <source>Office</source>
            <translation>Bureau</translation>
        </message>
        <message>
            <source>Paper</source>
            <translation>Papier</translation>
        </message>
        <message>
            <source>Studio</source>
            <translation>Studio</translation>
        </message>
        <message>
            <source>Automatic</source>
            <translation>Automatique</translation>
        </message>
        <message>
            <source>Performance</source>
            <translation>Performance</translation>
        </message>
        <message>
            <source>Balanced</source>
            <translation>Équilibré</translation>
        </message>
        <message>
            <source>Quality</source>
            <translation>Qualité</translation>
        </message>
        <message>
            <source>Automatic: %1</source>
            <translation>Automatique : %1</translation>
        </message>
        <message>
            <source>Automatic: %1, %2 of %3 ms on this computer</source>
            <translation>Automatique : %1, %2 sur %3 ms sur cet ordinateur</translation>
        </message>
        <message>
            <source>The best edges that this computer has time for.</source>
            <translation>Les meilleurs contours que permet cet ordinateur.</translation>
        </message>
        <message>
            <source>The least work for the computer and its battery.</source>
            <translation>Le moins d’effort pour l’ordinateur et sa batterie.</translation>
        </message>
        <message>
            <source>Good edges at little cost.</source>
            <translation>De bons contours à peu de frais.</translation>
        </message>
        <message>
            <source>The best edges, at the most work.</source>
            <translation>Les meilleurs contours, au prix du plus d’effort.</translation>
        </message>
        <message>
            <source>Demo (a drawn presenter)</source>
            <translation>Démo (un personnage dessiné)</translation>
        </message>
        <message>
            <source>Ready: no app is using “%1”</source>
            <translation>Prêt : aucune application n’utilise « %1 »</translation>
        </message>
        <message>
            <source>It turns on when an app uses “%1”.</source>
            <translation>Elle s’allume quand une application utilise « %1 ».</translation>
        </message>
    </context>
</TS>
