<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="de" sourcelanguage="en">
    <context>
        <name>DiagnosticsWindow</name>
        <message>
            <source>Diagnostics</source>
            <translation>Diagnose</translation>
        </message>
        <message>
            <source>Copy this into a report of a problem. It holds no pictures.</source>
            <translation>Kopieren Sie dies in eine Fehlermeldung. Es enthält keine Bilder.</translation>
        </message>
        <message>
            <source>Check again</source>
            <translation>Erneut prüfen</translation>
        </message>
        <message>
            <source>Checking…</source>
            <translation>Wird geprüft …</translation>
        </message>
        <message>
            <source>Copy</source>
            <translation>Kopieren</translation>
        </message>
    </context>
    <context>
        <name>Gallery</name>
        <message>
            <source>Undo</source>
            <translation>Rückgängig</translation>
        </message>
        <message>
            <source>Add…</source>
            <translation>Hinzufügen …</translation>
        </message>
        <message>
            <source>Add a picture or a clip, or drop one here</source>
            <translation>Ein Bild oder Video hinzufügen oder hierher ziehen</translation>
        </message>
        <message>
            <source>Pictures and clips (%1)</source>
            <translation>Bilder und Videos (%1)</translation>
        </message>
        <message>
            <source>Add backgrounds</source>
            <translation>Hintergründe hinzufügen</translation>
        </message>
        <message>
            <source>“%1” is not a picture or clip that can be read. Try JPEG, PNG, WebP or MP4.</source>
            <translation>„%1“ ist kein lesbares Bild oder Video. Versuchen Sie JPEG, PNG, WebP oder MP4.</translation>
        </message>
        <message>
            <source>“%1” is out of the list.</source>
            <translation>„%1“ ist aus der Liste entfernt.</translation>
        </message>
    </context>
    <context>
        <name>Options</name>
        <message>
            <source>Another…</source>
            <translation>Andere …</translation>
        </message>
        <message>
            <source>Blur strength</source>
            <translation>Stärke der Unschärfe</translation>
        </message>
        <message>
            <source>Picture size</source>
            <translation>Bildgröße</translation>
        </message>
        <message>
            <source>Fill the frame</source>
            <translation>Bild ausfüllen</translation>
        </message>
        <message>
            <source>Show all of it</source>
            <translation>Ganz zeigen</translation>
        </message>
        <message>
            <source>Repeat it</source>
            <translation>Kacheln</translation>
        </message>
        <message>
            <source>Colour</source>
            <translation>Farbe</translation>
        </message>
        <message>
            <source>Green</source>
            <translation>Grün</translation>
        </message>
        <message>
            <source>Blue</source>
            <translation>Blau</translation>
        </message>
        <message>
            <source>Dark grey</source>
            <translation>Dunkelgrau</translation>
        </message>
        <message>
            <source>Light grey</source>
            <translation>Hellgrau</translation>
        </message>
        <message>
            <source>Background colour</source>
            <translation>Hintergrundfarbe</translation>
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
            <translation>Einstellungen …</translation>
        </message>
        <message>
            <source>Background</source>
            <translation>Hintergrund</translation>
        </message>
        <message>
            <source>Turn off</source>
            <translation>Ausschalten</translation>
        </message>
        <message>
            <source>Turn on</source>
            <translation>Einschalten</translation>
        </message>
        <message>
            <source>Show me again</source>
            <translation>Mich wieder zeigen</translation>
        </message>
        <message>
            <source>Pause: others see a still card</source>
            <translation>Pause: Andere sehen eine Tafel</translation>
        </message>
    </context>
    <context>
        <name>Preview</name>
        <message>
            <source>Preview</source>
            <translation>Vorschau</translation>
        </message>
    </context>
    <context>
        <name>SetUpWindow</name>
        <message>
            <source>Make “Virtual Cam” appear</source>
            <translation>„Virtual Cam“ einrichten</translation>
        </message>
        <message>
            <source>Try again</source>
            <translation>Erneut versuchen</translation>
        </message>
        <message>
            <source>Windows needs a small driver, once. Any of these will do; then press Try again.</source>
            <translation>Windows braucht einmalig einen kleinen Treiber. Einer von diesen genügt; dann „Erneut versuchen“.</translation>
        </message>
        <message>
            <source>1. UnityCapture: download it, then run in its Install folder, as administrator:
   regsvr32 "/i:UnityCaptureName=Virtual Cam" UnityCaptureFilter64.dll
   Your apps then list “Virtual Cam”.

2. Or OBS Studio 26 or newer: install it.
   Your apps then list “OBS Virtual Camera”: that one is us.</source>
            <translation>1. UnityCapture: herunterladen, dann als Administrator im Ordner Install ausführen:
   regsvr32 "/i:UnityCaptureName=Virtual Cam" UnityCaptureFilter64.dll
   Ihre Apps zeigen dann „Virtual Cam“.

2. Oder OBS Studio 26 oder neuer: installieren.
   Ihre Apps zeigen dann „OBS Virtual Camera“: Das sind wir.</translation>
        </message>
        <message>
            <source>macOS needs the camera extension of OBS, once. Then press Try again.</source>
            <translation>macOS braucht einmalig die Kamera-Erweiterung von OBS. Danach „Erneut versuchen“.</translation>
        </message>
        <message>
            <source>1. Install OBS Studio 30 or newer, and open it.
2. Press “Start Virtual Camera”, allow the extension in System Settings, press “Stop”.
3. Quit OBS.

Your apps then list “OBS Virtual Camera”: that one is us.</source>
            <translation>1. OBS Studio 30 oder neuer installieren und öffnen.
2. „Start Virtual Camera“ drücken, die Erweiterung in den Systemeinstellungen erlauben, „Stop“ drücken.
3. OBS beenden.

Ihre Apps zeigen dann „OBS Virtual Camera“: Das sind wir.</translation>
        </message>
        <message>
            <source>Linux needs a kernel module, once. Copy these lines into a terminal: the second shows each change before it makes it, and can undo it. Then press Try again.

Other systems than Debian and Ubuntu: install v4l2loopback with their own package tool.</source>
            <translation>Linux braucht einmalig ein Kernelmodul. Kopieren Sie diese Zeilen in ein Terminal: Die zweite zeigt jede Änderung vorher und kann sie zurücknehmen. Dann „Erneut versuchen“.

Außer bei Debian und Ubuntu: v4l2loopback mit der dortigen Paketverwaltung installieren.</translation>
        </message>
        <message>
            <source>Set up now</source>
            <translation>Jetzt einrichten</translation>
        </message>
        <message>
            <source>Linux needs a kernel module, once. This is all that would be done, as administrator. Press “Set up now”, or copy it into a terminal of the administrator's.</source>
            <translation>Linux braucht einmalig ein Kernelmodul. Das hier ist alles, was als Administrator getan würde. Drücken Sie „Jetzt einrichten“, oder kopieren Sie es in ein Terminal des Administrators.</translation>
        </message>
        <message>
            <source>Working… The system may ask for your password. Building the module can take some minutes.</source>
            <translation>In Arbeit … Das System fragt vielleicht nach Ihrem Passwort. Das Modul zu bauen kann einige Minuten dauern.</translation>
        </message>
        <message>
            <source>That did not work. This is what was said:</source>
            <translation>Das hat nicht geklappt. Die Meldung lautet:</translation>
        </message>
        <message>
            <source>Done. Choose “Virtual Cam” as the camera in your meeting app; if it is open already, it may have to be started again.

This line would take it back:</source>
            <translation>Fertig. Wählen Sie in Ihrer Meeting-App „Virtual Cam“ als Kamera; läuft sie schon, muss sie vielleicht neu gestartet werden.

Diese Zeile macht es rückgängig:</translation>
        </message>
    </context>
    <context>
        <name>SettingsWindow</name>
        <message>
            <source>Settings</source>
            <translation>Einstellungen</translation>
        </message>
        <message>
            <source>General</source>
            <translation>Allgemein</translation>
        </message>
        <message>
            <source>Advanced</source>
            <translation>Erweitert</translation>
        </message>
        <message>
            <source>Close</source>
            <translation>Schließen</translation>
        </message>
        <message>
            <source>%1 per second</source>
            <translation>%1 pro Sekunde</translation>
        </message>
        <message>
            <source>As the system</source>
            <translation>Wie das System</translation>
        </message>
        <message>
            <source>Turn the camera on only while an app uses it</source>
            <translation>Kamera nur einschalten, solange eine App sie nutzt</translation>
        </message>
        <message>
            <source>Turn on when Virtual Cam opens</source>
            <translation>Beim Öffnen von Virtual Cam einschalten</translation>
        </message>
        <message>
            <source>Open Virtual Cam at login</source>
            <translation>Virtual Cam bei der Anmeldung öffnen</translation>
        </message>
        <message>
            <source>Show my preview as a mirror</source>
            <translation>Meine Vorschau spiegeln</translation>
        </message>
        <message>
            <source>Let the background's light fall on my edges</source>
            <translation>Licht des Hintergrunds auf meine Kanten fallen lassen</translation>
        </message>
        <message>
            <source>No limit</source>
            <translation>Keine Grenze</translation>
        </message>
        <message>
            <source> % of one core</source>
            <translation> % eines Kerns</translation>
        </message>
        <message>
            <source>By quality</source>
            <translation>Nach Qualität</translation>
        </message>
        <message>
            <source>Camera</source>
            <translation>Kamera</translation>
        </message>
        <message>
            <source>Picture size</source>
            <translation>Bildgröße</translation>
        </message>
        <message>
            <source>Frames</source>
            <translation>Bilder</translation>
        </message>
        <message>
            <source>Quality</source>
            <translation>Qualität</translation>
        </message>
        <message>
            <source>Language</source>
            <translation>Sprache</translation>
        </message>
        <message>
            <source>Its light is off while nobody looks.</source>
            <translation>Ihr Licht ist aus, solange niemand zusieht.</translation>
        </message>
        <message>
            <source>Others never see you mirrored.</source>
            <translation>Andere sehen Sie nie gespiegelt.</translation>
        </message>
        <message>
            <source>Camera sends</source>
            <translation>Kamera sendet</translation>
        </message>
        <message>
            <source>Processor use</source>
            <translation>Prozessorlast</translation>
        </message>
        <message>
            <source>What your picture may take, without decoding the camera's. Above this, your outline is updated less often, then a simpler one is used, and at last half the frames.</source>
            <translation>Was Ihr Bild kosten darf, ohne das Dekodieren der Kamera. Darüber wird Ihr Umriss seltener erneuert, dann ein einfacherer verwendet und zuletzt die halbe Bildrate.</translation>
        </message>
        <message>
            <source>Model</source>
            <translation>Modell</translation>
        </message>
        <message>
            <source>The name of a model in place of the quality. Leave it empty if unsure.</source>
            <translation>Name eines Modells statt der Qualität. Im Zweifel leer lassen.</translation>
        </message>
        <message>
            <source>Automatic</source>
            <translation>Automatisch</translation>
        </message>
        <message>
            <source>%1 (not connected)</source>
            <translation>%1 (nicht verbunden)</translation>
        </message>
    </context>
    <context>
        <name>TextWindow</name>
        <message>
            <source>Close</source>
            <translation>Schließen</translation>
        </message>
        <message>
            <source>Copy</source>
            <translation>Kopieren</translation>
        </message>
        <message>
            <source>Copied</source>
            <translation>Kopiert</translation>
        </message>
    </context>
    <context>
        <name>Tile</name>
        <message>
            <source>Remove from the list</source>
            <translation>Aus der Liste entfernen</translation>
        </message>
        <message>
            <source>Delete takes it out of the list.</source>
            <translation>Entf nimmt es aus der Liste.</translation>
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
            <translation>Ausschalten</translation>
        </message>
        <message>
            <source>Turn on</source>
            <translation>Einschalten</translation>
        </message>
        <message>
            <source>Pause</source>
            <translation>Pause</translation>
        </message>
        <message>
            <source>Open Virtual Cam</source>
            <translation>Virtual Cam öffnen</translation>
        </message>
        <message>
            <source>Settings…</source>
            <translation>Einstellungen …</translation>
        </message>
        <message>
            <source>Diagnostics…</source>
            <translation>Diagnose …</translation>
        </message>
        <message>
            <source>Quit</source>
            <translation>Beenden</translation>
        </message>
        <message>
            <source>More backgrounds…</source>
            <translation>Weitere Hintergründe …</translation>
        </message>
        <message>
            <source>Camera</source>
            <translation>Kamera</translation>
        </message>
        <message>
            <source>Automatic</source>
            <translation>Automatisch</translation>
        </message>
    </context>
    <context>
        <name>Ui</name>
        <message>
            <source>Virtual Cam keeps running</source>
            <translation>Virtual Cam läuft weiter</translation>
        </message>
        <message>
            <source>Its icon in the tray opens it again, and quits it.</source>
            <translation>Das Symbol im Infobereich öffnet und beendet es.</translation>
        </message>
    </context>
    <context>
        <name>Verdict</name>
        <message>
            <source>This looks good</source>
            <translation>Das sieht gut aus</translation>
        </message>
        <message>
            <source>This looks bad</source>
            <translation>Das sieht schlecht aus</translation>
        </message>
    </context>
    <context>
        <name>words</name>
        <message>
            <source>On: %1</source>
            <translation>An: %1</translation>
        </message>
        <message>
            <source>Try again</source>
            <translation>Erneut versuchen</translation>
        </message>
        <message>
            <source>Show me how…</source>
            <translation>Anleitung zeigen …</translation>
        </message>
        <message>
            <source>Choose another…</source>
            <translation>Anderen wählen …</translation>
        </message>
        <message>
            <source>Open settings…</source>
            <translation>Einstellungen öffnen …</translation>
        </message>
        <message>
            <source>Save again</source>
            <translation>Erneut sichern</translation>
        </message>
        <message>
            <source>Show diagnostics…</source>
            <translation>Diagnose zeigen …</translation>
        </message>
        <message>
            <source>Something went wrong</source>
            <translation>Etwas ist schiefgegangen</translation>
        </message>
        <message>
            <source>Your room stays hidden. Diagnostics help us to mend it.</source>
            <translation>Ihr Zimmer bleibt verborgen. Die Diagnose hilft uns, es zu beheben.</translation>
        </message>
        <message>
            <source>No camera found</source>
            <translation>Keine Kamera gefunden</translation>
        </message>
        <message>
            <source>Plug one in: it is picked up by itself.</source>
            <translation>Schließen Sie eine an: Sie wird von selbst erkannt.</translation>
        </message>
        <message>
            <source>Another app is using the camera</source>
            <translation>Eine andere App nutzt die Kamera</translation>
        </message>
        <message>
            <source>Choose “Virtual Cam” in that app, or close it: the picture then comes back.</source>
            <translation>Wählen Sie dort „Virtual Cam“ oder schließen Sie die App: Dann kommt das Bild zurück.</translation>
        </message>
        <message>
            <source>The camera is unplugged</source>
            <translation>Die Kamera ist abgesteckt</translation>
        </message>
        <message>
            <source>Plug it in again and the picture comes back by itself.</source>
            <translation>Schließen Sie sie wieder an, dann kommt das Bild von selbst zurück.</translation>
        </message>
        <message>
            <source>The camera sends no pictures</source>
            <translation>Die Kamera sendet keine Bilder</translation>
        </message>
        <message>
            <source>If it does not come back, unplug it and plug it in again.</source>
            <translation>Wenn es so bleibt: abstecken und wieder anschließen.</translation>
        </message>
        <message>
            <source>The camera may not be used</source>
            <translation>Die Kamera darf nicht genutzt werden</translation>
        </message>
        <message>
            <source>The system refuses it to this app. Diagnostics say what to allow.</source>
            <translation>Das System verweigert sie dieser App. Die Diagnose sagt, was zu erlauben ist.</translation>
        </message>
        <message>
            <source>The camera cannot be read</source>
            <translation>Die Kamera ist nicht lesbar</translation>
        </message>
        <message>
            <source>It may be damaged, or send something that this app does not know.</source>
            <translation>Sie ist vielleicht beschädigt oder sendet etwas Unbekanntes.</translation>
        </message>
        <message>
            <source>There is no virtual camera yet</source>
            <translation>Es gibt noch keine virtuelle Kamera</translation>
        </message>
        <message>
            <source>One small step makes “Virtual Cam” appear in your meeting apps.</source>
            <translation>Ein kleiner Schritt, und „Virtual Cam“ erscheint in Ihren Apps.</translation>
        </message>
        <message>
            <source>Another program sends to Virtual Cam</source>
            <translation>Ein anderes Programm sendet an Virtual Cam</translation>
        </message>
        <message>
            <source>Close that program, then try again.</source>
            <translation>Schließen Sie es und versuchen Sie es erneut.</translation>
        </message>
        <message>
            <source>Virtual Cam is stuck</source>
            <translation>Virtual Cam klemmt</translation>
        </message>
        <message>
            <source>Close the apps that use it, then try again.</source>
            <translation>Schließen Sie die Apps, die sie nutzen, und versuchen Sie es erneut.</translation>
        </message>
        <message>
            <source>Virtual Cam may not be used</source>
            <translation>Virtual Cam darf nicht genutzt werden</translation>
        </message>
        <message>
            <source>The pictures cannot be sent</source>
            <translation>Die Bilder können nicht gesendet werden</translation>
        </message>
        <message>
            <source>Virtual Cam went away or refuses them. Your room stays hidden.</source>
            <translation>Virtual Cam ist weg oder nimmt sie nicht an. Ihr Zimmer bleibt verborgen.</translation>
        </message>
        <message>
            <source>Without it your room cannot be hidden, so no picture is sent.</source>
            <translation>Ohne es lässt sich Ihr Zimmer nicht verbergen; es wird kein Bild gesendet.</translation>
        </message>
        <message>
            <source>The model is missing</source>
            <translation>Das Modell fehlt</translation>
        </message>
        <message>
            <source>The model is damaged</source>
            <translation>Das Modell ist beschädigt</translation>
        </message>
        <message>
            <source>The model does not fit</source>
            <translation>Das Modell passt nicht</translation>
        </message>
        <message>
            <source>So nothing of it is shown. Try again, or choose another quality in Settings.</source>
            <translation>Darum wird nichts gezeigt. Versuchen Sie es erneut oder wählen Sie eine andere Qualität.</translation>
        </message>
        <message>
            <source>The background cannot be read</source>
            <translation>Der Hintergrund ist nicht lesbar</translation>
        </message>
        <message>
            <source>It may have been moved or deleted. Your room stays hidden.</source>
            <translation>Er wurde vielleicht verschoben oder gelöscht. Ihr Zimmer bleibt verborgen.</translation>
        </message>
        <message>
            <source>Some settings could not be read</source>
            <translation>Einige Einstellungen waren nicht lesbar</translation>
        </message>
        <message>
            <source>You could not be told apart from the room</source>
            <translation>Sie waren nicht vom Zimmer zu unterscheiden</translation>
        </message>
        <message>
            <source>Choose camera…</source>
            <translation>Kamera wählen …</translation>
        </message>
        <message>
            <source>Use standard model</source>
            <translation>Standardmodell verwenden</translation>
        </message>
        <message>
            <source>Those are back to their defaults; the old file is kept beside the new one.</source>
            <translation>Für sie gilt wieder die Vorgabe; die alte Datei liegt neben der neuen.</translation>
        </message>
        <message>
            <source>The settings are not saved</source>
            <translation>Die Einstellungen sind nicht gesichert</translation>
        </message>
        <message>
            <source>They hold until you quit. Is the disk full?</source>
            <translation>Sie gelten bis zum Beenden. Ist der Datenträger voll?</translation>
        </message>
        <message>
            <source>The picture took too long</source>
            <translation>Das Bild dauerte zu lange</translation>
        </message>
        <message>
            <source>Your room stays hidden. Try again, or choose Performance in Settings.</source>
            <translation>Ihr Zimmer bleibt verborgen. Versuchen Sie es erneut oder wählen Sie „Leistung“.</translation>
        </message>
        <message>
            <source>There is too little memory left</source>
            <translation>Es ist zu wenig Arbeitsspeicher frei</translation>
        </message>
        <message>
            <source>Your room stays hidden. Close other programs: the picture comes back.</source>
            <translation>Ihr Zimmer bleibt verborgen. Schließen Sie andere Programme: Das Bild kommt zurück.</translation>
        </message>
        <message>
            <source>%1. Trying again…</source>
            <translation>%1. Neuer Versuch …</translation>
        </message>
        <message>
            <source>Off</source>
            <translation>Aus</translation>
        </message>
        <message>
            <source>Starting…</source>
            <translation>Startet …</translation>
        </message>
        <message>
            <source>Waiting for the camera…</source>
            <translation>Warten auf die Kamera …</translation>
        </message>
        <message>
            <source>Paused: others see a still card</source>
            <translation>Pause: Andere sehen eine Tafel</translation>
        </message>
        <message>
            <source>Trying again…</source>
            <translation>Neuer Versuch …</translation>
        </message>
        <message>
            <source>Not running</source>
            <translation>Läuft nicht</translation>
        </message>
        <message>
            <source>Automatic: %1</source>
            <translation>Automatisch: %1</translation>
        </message>
        <message>
            <source>Automatic: %1, %2 of %3 ms on this computer</source>
            <translation>Automatisch: %1, %2 von %3 ms auf diesem Rechner</translation>
        </message>
        <message>
            <source>On: %1 fps, %2 % CPU</source>
            <translation>An: %1 B/s, %2 % CPU</translation>
        </message>
        <message>
            <source>Saving CPU: your outline is updated less often</source>
            <translation>CPU sparen: Ihr Umriss wird seltener erneuert</translation>
        </message>
        <message>
            <source>Saving CPU: a simpler outline</source>
            <translation>CPU sparen: einfacherer Umriss</translation>
        </message>
        <message>
            <source>Saving CPU: a simpler outline, half the frames</source>
            <translation>CPU sparen: einfacherer Umriss, halb so viele Bilder</translation>
        </message>
        <message>
            <source>On: %1, %2 fps, %3 % CPU</source>
            <translation>An: %1, %2 B/s, %3 % CPU</translation>
        </message>
        <message>
            <source>Virtual Cam is off</source>
            <translation>Virtual Cam ist aus</translation>
        </message>
        <message>
            <source>Turn it on to see yourself here.</source>
            <translation>Schalten Sie sie ein, um sich hier zu sehen.</translation>
        </message>
        <message>
            <source>The camera is off</source>
            <translation>Die Kamera ist aus</translation>
        </message>
        <message>
            <source>Paused</source>
            <translation>Pause</translation>
        </message>
        <message>
            <source>Others see a still card, not you.</source>
            <translation>Andere sehen eine Tafel, nicht Sie.</translation>
        </message>
        <message>
            <source>One moment…</source>
            <translation>Einen Moment …</translation>
        </message>
        <message>
            <source>The camera is starting.</source>
            <translation>Die Kamera startet.</translation>
        </message>
        <message>
            <source>Others see a still card meanwhile.</source>
            <translation>Andere sehen so lange eine Tafel.</translation>
        </message>
        <message>
            <source>No picture</source>
            <translation>Kein Bild</translation>
        </message>
        <message>
            <source>Nothing of your room is shown.</source>
            <translation>Von Ihrem Zimmer ist nichts zu sehen.</translation>
        </message>
        <message>
            <source>None</source>
            <translation>Keiner</translation>
        </message>
        <message>
            <source>Blur</source>
            <translation>Unschärfe</translation>
        </message>
        <message>
            <source>Colour</source>
            <translation>Farbe</translation>
        </message>
        <message>
            <source>Dawn</source>
            <translation>Morgen</translation>
        </message>
        <message>
            <source>Evening</source>
            <translation>Abend</translation>
        </message>
        <message>
            <source>Meadow</source>
            <translation>Wiese</translation>
        </message>
        <message>
            <source>Office</source>
            <translation>Büro</translation>
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
            <translation>Automatisch</translation>
        </message>
        <message>
            <source>Performance</source>
            <translation>Leistung</translation>
        </message>
        <message>
            <source>Balanced</source>
            <translation>Ausgewogen</translation>
        </message>
        <message>
            <source>Quality</source>
            <translation>Qualität</translation>
        </message>
        <message>
            <source>The best edges that this computer has time for.</source>
            <translation>Die besten Kanten, für die dieser Rechner Zeit hat.</translation>
        </message>
        <message>
            <source>The least work for the computer and its battery.</source>
            <translation>Am wenigsten Arbeit für Rechner und Akku.</translation>
        </message>
        <message>
            <source>Good edges at little cost.</source>
            <translation>Gute Kanten bei wenig Aufwand.</translation>
        </message>
        <message>
            <source>The best edges, at the most work.</source>
            <translation>Die besten Kanten, mit der meisten Arbeit.</translation>
        </message>
        <message>
            <source>Demo (a drawn presenter)</source>
            <translation>Demo (eine gezeichnete Figur)</translation>
        </message>
        <message>
            <source>Ready: no app is using “%1”</source>
            <translation>Bereit: Keine App nutzt „%1“</translation>
        </message>
        <message>
            <source>It turns on when an app uses “%1”.</source>
            <translation>Sie geht an, sobald eine App „%1“ nutzt.</translation>
        </message>
    </context>
</TS>
