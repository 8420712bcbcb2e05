package io.tailrace.protocol;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.junit.jupiter.api.Test;

class LayersTest {
    private static final JavaClasses CLASSES = new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .importPackages("io.tailrace.protocol");

    @Test
    void doesNoInputOrOutputAndReadsNoClock() {
        noClasses()
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(
                        "java.net..", "java.nio.channels..", "java.nio.file..", "org.slf4j..", "java.time..")
                .check(CLASSES);
        noClasses().should().callMethod(System.class, "currentTimeMillis").check(CLASSES);
        noClasses().should().callMethod(System.class, "nanoTime").check(CLASSES);
    }

    @Test
    void messagesDoNotDependOnTheCodec() {
        noClasses()
                .that()
                .resideInAPackage("io.tailrace.protocol.message")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("io.tailrace.protocol.codec", "io.tailrace.protocol.record..", "java.nio..")
                .check(CLASSES);
    }

    @Test
    void messagesAndRecordBatchesAreIndependent() {
        noClasses()
                .that()
                .resideInAPackage("io.tailrace.protocol.record..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("io.tailrace.protocol.message", "io.tailrace.protocol.codec")
                .check(CLASSES);
        slices().matching("io.tailrace.protocol.(*)..")
                .should()
                .beFreeOfCycles()
                .check(CLASSES);
    }

    @Test
    void messagesAreRecordsWithAnApi() {
        classes()
                .that()
                .implement(io.tailrace.protocol.message.Message.class)
                .and()
                .areNotInterfaces()
                .should()
                .beRecords()
                .check(CLASSES);
    }
}
