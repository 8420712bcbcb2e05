package io.tailrace.agent;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code scripts/tailrace}: file names are UTF-8 whatever the locale, or Java replaces the characters of most. */
class LauncherTest {
    @TempDir
    @SuppressWarnings("NullAway.Init")
    Path folder;

    /** What Java says of itself when the script starts an agent. */
    private String properties(Map<String, String> locale) throws IOException, InterruptedException {
        ProcessBuilder builder =
                new ProcessBuilder(folder.resolve("scripts/tailrace").toString(), "agent");
        builder.environment().keySet().removeIf(name -> name.startsWith("LC_") || name.equals("LANG"));
        builder.environment().putAll(locale);
        builder.environment().put("JAVA_HOME", folder.resolve("java").toString());
        Process process = builder.redirectErrorStream(true).start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(output).isZero();
        return output;
    }

    @Test
    void fileNamesAreUtf8InEveryLocale() throws Exception {
        Files.createDirectories(folder.resolve("lib/agent"));
        Files.createDirectories(folder.resolve("java/bin"));
        Files.createDirectories(folder.resolve("scripts"));
        Files.copy(Path.of("../scripts/tailrace"), folder.resolve("scripts/tailrace"));
        Path java = Files.writeString(
                folder.resolve("java/bin/java"),
                "#!/bin/sh\nexec " + System.getProperty("java.home")
                        + "/bin/java -XshowSettings:properties -version\n");
        Files.setPosixFilePermissions(java, PosixFilePermissions.fromString("rwxr-xr-x"));
        for (Map<String, String> locale : List.of(
                Map.<String, String>of(),
                Map.of("LANG", "C"),
                Map.of("LC_ALL", "POSIX", "LANG", "C.UTF-8"),
                Map.of("LC_CTYPE", "C", "LANG", "C.UTF-8"),
                Map.of("LC_CTYPE", "C", "LC_ALL", "C.UTF-8"),
                Map.of("LANG", "xx_XX.UTF-8", "LC_TIME", "xx_XX.UTF-8"))) {
            assertThat(properties(locale)).as(locale.toString()).contains("sun.jnu.encoding = UTF-8");
        }
    }
}
