package io.tailrace.cli;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.junit.jupiter.api.Test;

class LayersTest {
    private static final JavaClasses CLASSES = new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .importPackages("io.tailrace.cli");

    @Test
    void commandsKnowTheClientAndNoBroker() {
        classes()
                .should()
                .onlyDependOnClassesThat()
                .resideInAnyPackage(
                        "java..",
                        "org.jspecify..",
                        "picocli..",
                        "com.fasterxml.jackson..",
                        "io.tailrace.cli..",
                        "io.tailrace.client..",
                        "io.tailrace.config..",
                        "io.tailrace.process..",
                        "io.tailrace.protocol")
                .check(CLASSES);
    }
}
