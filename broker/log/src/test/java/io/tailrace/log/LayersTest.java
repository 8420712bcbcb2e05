package io.tailrace.log;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.Test;

/** Dependencies that the log must not have. */
class LayersTest {
    private final JavaClasses classes = new ClassFileImporter().importPath(Path.of("target", "classes"));

    @Test
    void knowsNoNetworkAndNoZooKeeper() {
        noClasses()
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(
                        "java.net..",
                        "java.nio.channels.spi..",
                        "io.netty..",
                        "org.apache..",
                        "io.tailrace.replication..",
                        "io.tailrace.coordination..",
                        "io.tailrace.server..",
                        "io.tailrace.client..")
                .check(classes);
    }

    @Test
    void readsNoClockAndStartsNoThread() {
        noClasses().should().callMethod(System.class, "currentTimeMillis").check(classes);
        noClasses().should().callMethod(System.class, "nanoTime").check(classes);
        noClasses().should().callMethod(Instant.class, "now").check(classes);
        noClasses()
                .should()
                .dependOnClassesThat()
                .belongToAnyOf(Clock.class, Executors.class)
                .check(classes);
        noClasses().should().callConstructor(Thread.class).check(classes);
        noClasses().should().callConstructor(Thread.class, Runnable.class).check(classes);
    }

    /** The stream of Files.list throws unchecked exceptions. */
    @Test
    void listsDirectoriesInOnePlaceOnly() {
        noClasses()
                .that()
                .doNotHaveFullyQualifiedName(LogFiles.class.getName())
                .should()
                .callMethod(Files.class, "list", Path.class)
                .check(classes);
    }

    @Test
    void knowsMessagesOnlyByTheirErrors() {
        noClasses()
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("io.tailrace.protocol.message..", "io.tailrace.protocol.codec..")
                .check(classes);
    }
}
