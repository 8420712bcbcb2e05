package io.tailrace.loader.engine.mapreduce;

import static org.assertj.core.api.Assertions.assertThat;

import io.tailrace.loader.store.Store;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LibrariesTest {
    private static final LocalDate TODAY = LocalDate.of(2026, 11, 29);

    private Path dir = Path.of("");

    @BeforeEach
    void makeJars(@TempDir Path temp) throws IOException {
        dir = temp;
        Files.createDirectories(dir.resolve("lib"));
        Files.writeString(dir.resolve("lib/b.jar"), "bbb");
        Files.writeString(dir.resolve("lib/a.jar"), "a");
        Files.writeString(dir.resolve("lib/jvm.options"), "-Xmx1g");
        Files.createDirectories(dir.resolve("classes/pkg"));
        Files.writeString(dir.resolve("classes/pkg/X.class"), "x");
    }

    @Test
    void aFolderShipsItsJars() throws IOException {
        assertThat(entries(Libraries.inFolder(dir.resolve("lib")))).containsExactly("a.jar=a", "b.jar=bbb");
    }

    @Test
    void aClassPathShipsItsJarsAndTheClassesOfItsFolders() throws IOException {
        String classPath = String.join(
                File.pathSeparator,
                dir.resolve("classes").toString(),
                dir.resolve("lib/b.jar").toString(),
                dir.resolve("missing.jar").toString());

        assertThat(entries(Libraries.onClassPath(classPath))).containsExactly("b.jar=bbb", "classes/pkg/X.class=x");
    }

    @Test
    void twoJarsOfOneNameAreBothShipped() throws IOException {
        Files.createDirectories(dir.resolve("other"));
        Files.writeString(dir.resolve("other/a.jar"), "2");
        String classPath = dir.resolve("lib/a.jar") + File.pathSeparator + dir.resolve("other/a.jar");

        assertThat(entries(Libraries.onClassPath(classPath))).containsExactly("1-a.jar=2", "a.jar=a");
    }

    @Test
    void theHashChangesWithNamesAndContents() throws IOException {
        String before = Libraries.inFolder(dir.resolve("lib")).hash();
        assertThat(Libraries.inFolder(dir.resolve("lib")).hash()).isEqualTo(before);

        Files.writeString(dir.resolve("lib/a.jar"), "c");
        String changed = Libraries.inFolder(dir.resolve("lib")).hash();
        Files.move(dir.resolve("lib/a.jar"), dir.resolve("lib/a2.jar"));
        String renamed = Libraries.inFolder(dir.resolve("lib")).hash();

        assertThat(List.of(before, changed, renamed)).doesNotHaveDuplicates();
    }

    @Test
    void librariesAreUploadedOnceAndKeptWhileJobsUseThem() throws IOException {
        org.apache.hadoop.fs.Path folder =
                new org.apache.hadoop.fs.Path(dir.resolve("shipped").toUri());
        try (Store store = Store.open(folder, new Configuration())) {
            LibraryStore shipped = new LibraryStore(store, folder);
            Libraries old = Libraries.inFolder(dir.resolve("lib"));

            org.apache.hadoop.fs.Path zip = shipped.ship(old, TODAY);
            long uploadedMs = modifiedMs(zip);
            assertThat(shipped.ship(old, TODAY.plusDays(1))).isEqualTo(zip);
            assertThat(modifiedMs(zip)).isEqualTo(uploadedMs);

            Files.writeString(dir.resolve("lib/a.jar"), "new");
            shipped.ship(Libraries.inFolder(dir.resolve("lib")), TODAY.plusDays(1 + LibraryStore.KEPT_DAYS));
            assertThat(store.exists(zip))
                    .as("used %s days ago", LibraryStore.KEPT_DAYS)
                    .isTrue();

            Files.writeString(dir.resolve("lib/a.jar"), "newest");
            shipped.ship(Libraries.inFolder(dir.resolve("lib")), TODAY.plusDays(2 + LibraryStore.KEPT_DAYS));
            assertThat(store.exists(zip)).isFalse();
            assertThat(store.names(folder)).hasSize(2);
        }
    }

    private static long modifiedMs(org.apache.hadoop.fs.Path file) throws IOException {
        return Files.getLastModifiedTime(Path.of(file.toUri().getPath())).toMillis();
    }

    private static List<String> entries(Libraries libraries) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        libraries.writeZip(out);
        List<String> entries = new ArrayList<>();
        ZipInputStream zip = new ZipInputStream(new ByteArrayInputStream(out.toByteArray()));
        for (ZipEntry entry = zip.getNextEntry(); entry != null; entry = zip.getNextEntry()) {
            entries.add(
                    entry.getName() + "=" + new String(zip.readAllBytes(), java.nio.charset.StandardCharsets.UTF_8));
        }
        return entries;
    }
}
