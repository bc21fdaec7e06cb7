<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="es" sourcelanguage="en">
    <context>
        <name>DiagnosticsWindow</name>
        <message>
            <source>Diagnostics</source>
            <translation>Diagnóstico</translation>
        </message>
        <message>
            <source>Copy this into a report of a problem. It holds no pictures.</source>
            <translation>Cópielo en un informe de problema. No contiene imágenes.</translation>
        </message>
        <message>
            <source>Check again</source>
            <translation>Comprobar de nuevo</translation>
        </message>
        <message>
            <source>Checking…</source>
            <translation>Comprobando…</translation>
        </message>
        <message>
            <source>Copy</source>
            <translation>Copiar</translation>
        </message>
    </context>
    <context>
        <name>Gallery</name>
        <message>
            <source>Undo</source>
            <translation>Deshacer</translation>
        </message>
        <message>
            <source>Add…</source>
            <translation>Añadir…</translation>
        </message>
        <message>
            <source>Add a picture or a clip, or drop one here</source>
            <translation>Añada una imagen o un vídeo, o suéltelo aquí</translation>
        </message>
        <message>
            <source>Pictures and clips (%1)</source>
            <translation>Imágenes y vídeos (%1)</translation>
        </message>
        <message>
            <source>Add backgrounds</source>
            <translation>Añadir fondos</translation>
        </message>
        <message>
            <source>“%1” is not a picture or clip that can be read. Try JPEG, PNG, WebP or MP4.</source>
            <translation>«%1» no es una imagen o vídeo legible. Pruebe con JPEG, PNG, WebP o MP4.</translation>
        </message>
        <message>
            <source>“%1” is out of the list.</source>
            <translation>«%1» ya no está en la lista.</translation>
        </message>
    </context>
    <context>
        <name>Options</name>
        <message>
            <source>Another…</source>
            <translation>Otro…</translation>
        </message>
        <message>
            <source>Blur strength</source>
            <translation>Intensidad del desenfoque</translation>
        </message>
        <message>
            <source>Picture size</source>
            <translation>Tamaño de imagen</translation>
        </message>
        <message>
            <source>Fill the frame</source>
            <translation>Llenar el cuadro</translation>
        </message>
        <message>
            <source>Show all of it</source>
            <translation>Mostrar entera</translation>
        </message>
        <message>
            <source>Repeat it</source>
            <translation>Repetir</translation>
        </message>
        <message>
            <source>Colour</source>
            <translation>Color</translation>
        </message>
        <message>
            <source>Green</source>
            <translation>Verde</translation>
        </message>
        <message>
            <source>Blue</source>
            <translation>Azul</translation>
        </message>
        <message>
            <source>Dark grey</source>
            <translation>Gris oscuro</translation>
        </message>
        <message>
            <source>Light grey</source>
            <translation>Gris claro</translation>
        </message>
        <message>
            <source>Background colour</source>
            <translation>Color de fondo</translation>
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
            <translation>Ajustes…</translation>
        </message>
        <message>
            <source>Background</source>
            <translation>Fondo</translation>
        </message>
        <message>
            <source>Turn off</source>
            <translation>Apagar</translation>
        </message>
        <message>
            <source>Turn on</source>
            <translation>Encender</translation>
        </message>
        <message>
            <source>Show me again</source>
            <translation>Mostrarme de nuevo</translation>
        </message>
        <message>
            <source>Pause: others see a still card</source>
            <translation>Pausa: los demás ven un cartel</translation>
        </message>
    </context>
    <context>
        <name>Preview</name>
        <message>
            <source>Preview</source>
            <translation>Vista previa</translation>
        </message>
    </context>
    <context>
        <name>SetUpWindow</name>
        <message>
            <source>Make “Virtual Cam” appear</source>
            <translation>Hacer aparecer «Virtual Cam»</translation>
        </message>
        <message>
            <source>Try again</source>
            <translation>Reintentar</translation>
        </message>
        <message>
            <source>Windows needs a small driver, once. Any of these will do; then press Try again.</source>
            <translation>Windows necesita un pequeño controlador, una sola vez. Vale cualquiera de estos; después, «Reintentar».</translation>
        </message>
        <message>
            <source>1. UnityCapture: download it, then run in its Install folder, as administrator:
   regsvr32 "/i:UnityCaptureName=Virtual Cam" UnityCaptureFilter64.dll
   Your apps then list “Virtual Cam”.

2. Or OBS Studio 26 or newer: install it.
   Your apps then list “OBS Virtual Camera”: that one is us.</source>
            <translation>1. UnityCapture: descárguelo y, en su carpeta Install, como administrador:
   regsvr32 "/i:UnityCaptureName=Virtual Cam" UnityCaptureFilter64.dll
   Sus aplicaciones mostrarán «Virtual Cam».

2. O bien OBS Studio 26 o posterior: instálelo.
   Sus aplicaciones mostrarán «OBS Virtual Camera»: somos nosotros.</translation>
        </message>
        <message>
            <source>macOS needs the camera extension of OBS, once. Then press Try again.</source>
            <translation>macOS necesita la extensión de cámara de OBS, una sola vez. Después, «Reintentar».</translation>
        </message>
        <message>
            <source>1. Install OBS Studio 30 or newer, and open it.
2. Press “Start Virtual Camera”, allow the extension in System Settings, press “Stop”.
3. Quit OBS.

Your apps then list “OBS Virtual Camera”: that one is us.</source>
            <translation>1. Instale OBS Studio 30 o posterior y ábralo.
2. Pulse «Start Virtual Camera», permita la extensión en Ajustes del Sistema, pulse «Stop».
3. Cierre OBS.

Sus aplicaciones mostrarán «OBS Virtual Camera»: somos nosotros.</translation>
        </message>
        <message>
            <source>Linux needs a kernel module, once. Copy these lines into a terminal: the second shows each change before it makes it, and can undo it. Then press Try again.

Other systems than Debian and Ubuntu: install v4l2loopback with their own package tool.</source>
            <translation>Linux necesita un módulo del núcleo, una sola vez. Copie estas líneas en un terminal: la segunda muestra cada cambio antes de hacerlo y puede deshacerlo. Después, «Reintentar».

Si no es Debian ni Ubuntu, instale v4l2loopback con su gestor de paquetes.</translation>
        </message>
        <message>
            <source>Set up now</source>
            <translation>Configurar ahora</translation>
        </message>
        <message>
            <source>Linux needs a kernel module, once. This is all that would be done, as administrator. Press “Set up now”, or copy it into a terminal of the administrator's.</source>
            <translation>Linux necesita un módulo del núcleo, una sola vez. Esto es todo lo que se haría, como administrador. Pulse «Configurar ahora» o cópielo en un terminal de administrador.</translation>
        </message>
        <message>
            <source>Working… The system may ask for your password. Building the module can take some minutes.</source>
            <translation>En curso… El sistema puede pedirle su contraseña. Compilar el módulo puede tardar unos minutos.</translation>
        </message>
        <message>
            <source>That did not work. This is what was said:</source>
            <translation>No ha funcionado. Este es el mensaje:</translation>
        </message>
        <message>
            <source>Done. Choose “Virtual Cam” as the camera in your meeting app; if it is open already, it may have to be started again.

This line would take it back:</source>
            <translation>Listo. Elija «Virtual Cam» como cámara en su aplicación de reuniones; si ya está abierta, quizá deba reiniciarla.

Esta línea lo deshace:</translation>
        </message>
    </context>
    <context>
        <name>SettingsWindow</name>
        <message>
            <source>Settings</source>
            <translation>Ajustes</translation>
        </message>
        <message>
            <source>General</source>
            <translation>General</translation>
        </message>
        <message>
            <source>Advanced</source>
            <translation>Avanzado</translation>
        </message>
        <message>
            <source>Close</source>
            <translation>Cerrar</translation>
        </message>
        <message>
            <source>%1 per second</source>
            <translation>%1 por segundo</translation>
        </message>
        <message>
            <source>As the system</source>
            <translation>Como el sistema</translation>
        </message>
        <message>
            <source>Turn the camera on only while an app uses it</source>
            <translation>Encender la cámara solo si una aplicación la usa</translation>
        </message>
        <message>
            <source>Turn on when Virtual Cam opens</source>
            <translation>Encender al abrir Virtual Cam</translation>
        </message>
        <message>
            <source>Open Virtual Cam at login</source>
            <translation>Abrir Virtual Cam al iniciar sesión</translation>
        </message>
        <message>
            <source>Show my preview as a mirror</source>
            <translation>Vista previa en espejo</translation>
        </message>
        <message>
            <source>Let the background's light fall on my edges</source>
            <translation>Dejar que la luz del fondo caiga en mis bordes</translation>
        </message>
        <message>
            <source>No limit</source>
            <translation>Sin límite</translation>
        </message>
        <message>
            <source> % of one core</source>
            <translation> % de un núcleo</translation>
        </message>
        <message>
            <source>By quality</source>
            <translation>Según la calidad</translation>
        </message>
        <message>
            <source>Camera</source>
            <translation>Cámara</translation>
        </message>
        <message>
            <source>Picture size</source>
            <translation>Tamaño de imagen</translation>
        </message>
        <message>
            <source>Frames</source>
            <translation>Imágenes</translation>
        </message>
        <message>
            <source>Quality</source>
            <translation>Calidad</translation>
        </message>
        <message>
            <source>Language</source>
            <translation>Idioma</translation>
        </message>
        <message>
            <source>Its light is off while nobody looks.</source>
            <translation>Su luz está apagada mientras nadie mira.</translation>
        </message>
        <message>
            <source>Others never see you mirrored.</source>
            <translation>Los demás nunca le ven invertido.</translation>
        </message>
        <message>
            <source>Camera sends</source>
            <translation>La cámara envía</translation>
        </message>
        <message>
            <source>Processor use</source>
            <translation>Uso del procesador</translation>
        </message>
        <message>
            <source>What your picture may take, without decoding the camera's. Above this, your outline is updated less often, then a simpler one is used, and at last half the frames.</source>
            <translation>Lo que puede costar su imagen, sin contar la decodificación de la cámara. Por encima, su contorno se actualiza menos a menudo, después se usa uno más simple y, por último, la mitad de los fotogramas.</translation>
        </message>
        <message>
            <source>Model</source>
            <translation>Modelo</translation>
        </message>
        <message>
            <source>The name of a model in place of the quality. Leave it empty if unsure.</source>
            <translation>Nombre de un modelo en lugar de la calidad. En caso de duda, déjelo vacío.</translation>
        </message>
        <message>
            <source>Automatic</source>
            <translation>Automático</translation>
        </message>
        <message>
            <source>%1 (not connected)</source>
            <translation>%1 (desconectada)</translation>
        </message>
    </context>
    <context>
        <name>TextWindow</name>
        <message>
            <source>Close</source>
            <translation>Cerrar</translation>
        </message>
        <message>
            <source>Copy</source>
            <translation>Copiar</translation>
        </message>
        <message>
            <source>Copied</source>
            <translation>Copiado</translation>
        </message>
    </context>
    <context>
        <name>Tile</name>
        <message>
            <source>Remove from the list</source>
            <translation>Quitar de la lista</translation>
        </message>
        <message>
            <source>Delete takes it out of the list.</source>
            <translation>Supr lo quita de la lista.</translation>
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
            <translation>Apagar</translation>
        </message>
        <message>
            <source>Turn on</source>
            <translation>Encender</translation>
        </message>
        <message>
            <source>Pause</source>
            <translation>Pausa</translation>
        </message>
        <message>
            <source>Open Virtual Cam</source>
            <translation>Abrir Virtual Cam</translation>
        </message>
        <message>
            <source>Settings…</source>
            <translation>Ajustes…</translation>
        </message>
        <message>
            <source>Diagnostics…</source>
            <translation>Diagnóstico…</translation>
        </message>
        <message>
            <source>Quit</source>
            <translation>Salir</translation>
        </message>
        <message>
            <source>More backgrounds…</source>
            <translation>Más fondos…</translation>
        </message>
        <message>
            <source>Camera</source>
            <translation>Cámara</translation>
        </message>
        <message>
            <source>Automatic</source>
            <translation>Automático</translation>
        </message>
    </context>
    <context>
        <name>Ui</name>
        <message>
            <source>Virtual Cam keeps running</source>
            <translation>Virtual Cam sigue en marcha</translation>
        </message>
        <message>
            <source>Its icon in the tray opens it again, and quits it.</source>
            <translation>Su icono en la bandeja lo abre de nuevo y lo cierra.</translation>
        </message>
    </context>
    <context>
        <name>Verdict</name>
        <message>
            <source>This looks good</source>
            <translation>Se ve bien</translation>
        </message>
        <message>
            <source>This looks bad</source>
            <translation>Se ve mal</translation>
        </message>
    </context>
    <context>
        <name>words</name>
        <message>
            <source>Try again</source>
            <translation>Reintentar</translation>
        </message>
        <message>
            <source>Choose camera…</source>
            <translation>Elegir cámara…</translation>
        </message>
        <message>
            <source>Show me how…</source>
            <translation>Ver cómo…</translation>
        </message>
        <message>
            <source>Choose another…</source>
            <translation>Elegir otro…</translation>
        </message>
        <message>
            <source>Use standard model</source>
            <translation>Modelo estándar</translation>
        </message>
        <message>
            <source>Open settings…</source>
            <translation>Abrir ajustes…</translation>
        </message>
        <message>
            <source>Save again</source>
            <translation>Guardar otra vez</translation>
        </message>
        <message>
            <source>Show diagnostics…</source>
            <translation>Ver diagnóstico…</translation>
        </message>
        <message>
            <source>Something went wrong</source>
            <translation>Algo ha fallado</translation>
        </message>
        <message>
            <source>Your room stays hidden. Diagnostics help us to mend it.</source>
            <translation>Su habitación sigue oculta. El diagnóstico nos ayuda a arreglarlo.</translation>
        </message>
        <message>
            <source>No camera found</source>
            <translation>No se encontró ninguna cámara</translation>
        </message>
        <message>
            <source>Plug one in: it is picked up by itself.</source>
            <translation>Conecte una: se reconoce por sí sola.</translation>
        </message>
        <message>
            <source>Another app is using the camera</source>
            <translation>Otra aplicación usa la cámara</translation>
        </message>
        <message>
            <source>Choose “Virtual Cam” in that app, or close it: the picture then comes back.</source>
            <translation>Elija allí «Virtual Cam» o ciérrela: la imagen volverá.</translation>
        </message>
        <message>
            <source>The camera is unplugged</source>
            <translation>La cámara está desconectada</translation>
        </message>
        <message>
            <source>Plug it in again and the picture comes back by itself.</source>
            <translation>Conéctela de nuevo y la imagen volverá sola.</translation>
        </message>
        <message>
            <source>The camera sends no pictures</source>
            <translation>La cámara no envía imágenes</translation>
        </message>
        <message>
            <source>If it does not come back, unplug it and plug it in again.</source>
            <translation>Si no vuelve, desconéctela y conéctela de nuevo.</translation>
        </message>
        <message>
            <source>The camera may not be used</source>
            <translation>No se permite usar la cámara</translation>
        </message>
        <message>
            <source>The system refuses it to this app. Diagnostics say what to allow.</source>
            <translation>El sistema la niega a esta aplicación. El diagnóstico dice qué permitir.</translation>
        </message>
        <message>
            <source>The camera cannot be read</source>
            <translation>La cámara no se puede leer</translation>
        </message>
        <message>
            <source>It may be damaged, or send something that this app does not know.</source>
            <translation>Puede estar dañada o enviar algo desconocido.</translation>
        </message>
        <message>
            <source>There is no virtual camera yet</source>
            <translation>Aún no hay cámara virtual</translation>
        </message>
        <message>
            <source>One small step makes “Virtual Cam” appear in your meeting apps.</source>
            <translation>Un pequeño paso y «Virtual Cam» aparece en sus aplicaciones.</translation>
        </message>
        <message>
            <source>Another program sends to Virtual Cam</source>
            <translation>Otro programa usa Virtual Cam</translation>
        </message>
        <message>
            <source>Close that program, then try again.</source>
            <translation>Cierre ese programa y reintente.</translation>
        </message>
        <message>
            <source>Virtual Cam is stuck</source>
            <translation>Virtual Cam está bloqueada</translation>
        </message>
        <message>
            <source>Close the apps that use it, then try again.</source>
            <translation>Cierre las aplicaciones que la usan y reintente.</translation>
        </message>
        <message>
            <source>Virtual Cam may not be used</source>
            <translation>No se permite usar Virtual Cam</translation>
        </message>
        <message>
            <source>The pictures cannot be sent</source>
            <translation>No se pueden enviar las imágenes</translation>
        </message>
        <message>
            <source>Virtual Cam went away or refuses them. Your room stays hidden.</source>
            <translation>Virtual Cam ha desaparecido o las rechaza. Su habitación sigue oculta.</translation>
        </message>
        <message>
            <source>Without it your room cannot be hidden, so no picture is sent.</source>
            <translation>Sin él no se puede ocultar su habitación: no se envía imagen.</translation>
        </message>
        <message>
            <source>The model is missing</source>
            <translation>Falta el modelo</translation>
        </message>
        <message>
            <source>The model is damaged</source>
            <translation>El modelo está dañado</translation>
        </message>
        <message>
            <source>The model does not fit</source>
            <translation>El modelo no sirve</translation>
        </message>
        <message>
            <source>You could not be told apart from the room</source>
            <translation>No se le pudo distinguir de la habitación</translation>
        </message>
        <message>
            <source>So nothing of it is shown. Try again, or choose another quality in Settings.</source>
            <translation>Por eso no se muestra nada. Reintente o elija otra calidad en Ajustes.</translation>
        </message>
        <message>
            <source>The background cannot be read</source>
            <translation>No se puede leer el fondo</translation>
        </message>
        <message>
            <source>It may have been moved or deleted. Your room stays hidden.</source>
            <translation>Puede haberse movido o borrado. Su habitación sigue oculta.</translation>
        </message>
        <message>
            <source>Some settings could not be read</source>
            <translation>Algunos ajustes no se pudieron leer</translation>
        </message>
        <message>
            <source>Those are back to their defaults; the old file is kept beside the new one.</source>
            <translation>Vuelven a su valor inicial; el archivo antiguo queda junto al nuevo.</translation>
        </message>
        <message>
            <source>The settings are not saved</source>
            <translation>Los ajustes no se han guardado</translation>
        </message>
        <message>
            <source>They hold until you quit. Is the disk full?</source>
            <translation>Valen hasta salir. ¿Está lleno el disco?</translation>
        </message>
        <message>
            <source>The picture took too long</source>
            <translation>La imagen tardó demasiado</translation>
        </message>
        <message>
            <source>Your room stays hidden. Try again, or choose Performance in Settings.</source>
            <translation>Su habitación sigue oculta. Reintente o elija «Rendimiento» en Ajustes.</translation>
        </message>
        <message>
            <source>There is too little memory left</source>
            <translation>Queda muy poca memoria</translation>
        </message>
        <message>
            <source>Your room stays hidden. Close other programs: the picture comes back.</source>
            <translation>Su habitación sigue oculta. Cierre otros programas: la imagen volverá.</translation>
        </message>
        <message>
            <source>On: %1</source>
            <translation>Encendido: %1</translation>
        </message>
        <message>
            <source>%1. Trying again…</source>
            <translation>%1. Reintentando…</translation>
        </message>
        <message>
            <source>Off</source>
            <translation>Apagado</translation>
        </message>
        <message>
            <source>Starting…</source>
            <translation>Iniciando…</translation>
        </message>
        <message>
            <source>Waiting for the camera…</source>
            <translation>Esperando a la cámara…</translation>
        </message>
        <message>
            <source>Paused: others see a still card</source>
            <translation>En pausa: los demás ven un cartel</translation>
        </message>
        <message>
            <source>Trying again…</source>
            <translation>Reintentando…</translation>
        </message>
        <message>
            <source>Not running</source>
            <translation>Detenido</translation>
        </message>
        <message>
            <source>Saving CPU: your outline is updated less often</source>
            <translation>Ahorro: su contorno se actualiza con menos frecuencia</translation>
        </message>
        <message>
            <source>Saving CPU: a simpler outline</source>
            <translation>Ahorro: contorno más sencillo</translation>
        </message>
        <message>
            <source>Saving CPU: a simpler outline, half the frames</source>
            <translation>Ahorro: contorno más sencillo, la mitad de imágenes</translation>
        </message>
        <message>
            <source>On: %1 fps, %2 % CPU</source>
            <translation>Encendido: %1 f/s, %2 % CPU</translation>
        </message>
        <message>
            <source>On: %1, %2 fps, %3 % CPU</source>
            <translation>Encendido: %1, %2 f/s, %3 % CPU</translation>
        </message>
        <message>
            <source>Virtual Cam is off</source>
            <translation>Virtual Cam está apagado</translation>
        </message>
        <message>
            <source>Turn it on to see yourself here.</source>
            <translation>Enciéndalo para verse aquí.</translation>
        </message>
        <message>
            <source>The camera is off</source>
            <translation>La cámara está apagada</translation>
        </message>
        <message>
            <source>Paused</source>
            <translation>En pausa</translation>
        </message>
        <message>
            <source>Others see a still card, not you.</source>
            <translation>Los demás ven un cartel, no a usted.</translation>
        </message>
        <message>
            <source>One moment…</source>
            <translation>Un momento…</translation>
        </message>
        <message>
            <source>The camera is starting.</source>
            <translation>La cámara se está iniciando.</translation>
        </message>
        <message>
            <source>Others see a still card meanwhile.</source>
            <translation>Mientras tanto, los demás ven un cartel.</translation>
        </message>
        <message>
            <source>No picture</source>
            <translation>Sin imagen</translation>
        </message>
        <message>
            <source>Nothing of your room is shown.</source>
            <translation>No se muestra nada de su habitación.</translation>
        </message>
        <message>
            <source>None</source>
            <translation>Ninguno</translation>
        </message>
        <message>
            <source>Blur</source>
            <translation>Desenfoque</translation>
        </message>
        <message>
            <source>Colour</source>
            <translation>Color</translation>
        </message>
        <message>
            <source>Dawn</source>
            <translation>Alba</translation>
        </message>
        <message>
            <source>Evening</source>
            <translation>Noche</translation>
        </message>
        <message>
            <source>Meadow</source>
            <translation>Prado</translation>
        </message>
        <message>
            <source>Office</source>
            <translation>Oficina</translation>
        </message>
        <message>
            <source>Paper</source>
            <translation>Papel</translation>
        </message>
        <message>
            <source>Studio</source>
            <translation>Estudio</translation>
        </message>
        <message>
            <source>Automatic</source>
            <translation>Automático</translation>
        </message>
        <message>
            <source>Performance</source>
            <translation>Rendimiento</translation>
        </message>
        <message>
            <source>Balanced</source>
            <translation>Equilibrado</translation>
        </message>
        <message>
            <source>Quality</source>
            <translation>Calidad</translation>
        </message>
        <message>
            <source>Automatic: %1</source>
            <translation>Automático: %1</translation>
        </message>
        <message>
            <source>Automatic: %1, %2 of %3 ms on this computer</source>
            <translation>Automático: %1, %2 de %3 ms en este equipo</translation>
        </message>
        <message>
            <source>The best edges that this computer has time for.</source>
            <translation>Los mejores bordes que permite este equipo.</translation>
        </message>
        <message>
            <source>The least work for the computer and its battery.</source>
            <translation>El menor esfuerzo para el equipo y su batería.</translation>
        </message>
        <message>
            <source>Good edges at little cost.</source>
            <translation>Buenos bordes con poco gasto.</translation>
        </message>
        <message>
            <source>The best edges, at the most work.</source>
            <translation>Los mejores bordes, con el mayor esfuerzo.</translation>
        </message>
        <message>
            <source>Demo (a drawn presenter)</source>
            <translation>Demostración (una figura dibujada)</translation>
        </message>
        <message>
            <source>Ready: no app is using “%1”</source>
            <translation>Listo: ninguna aplicación usa «%1»</translation>
        </message>
        <message>
            <source>It turns on when an app uses “%1”.</source>
            <translation>Se enciende cuando una aplicación usa «%1».</translation>
        </message>
    </context>
</TS>
