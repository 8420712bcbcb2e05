package io.tailrace.agent;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.junit.jupiter.api.Test;

class LayersTest {
    private final JavaClasses classes = new ClassFileImporter()
            .withImportOption(new ImportOption.DoNotIncludeTests())
            .importPackages("io.tailrace.agent");

    @Test
    void packagesHaveNoCycles() {
        slices().matching("io.tailrace.(agent..)").should().beFreeOfCycles().check(classes);
    }

    @Test
    void tailingKnowsNothingOfFormatsOrBrokers() {
        noClasses()
                .that()
                .resideInAPackage("io.tailrace.agent.tail")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(
                        "io.tailrace.agent.encode..",
                        "io.tailrace.agent.parse..",
                        "io.tailrace.agent.delivery..",
                        "io.tailrace.client..",
                        "io.tailrace.schemas..")
                .check(classes);
    }

    @Test
    void parsingKnowsNothingOfFilesOrBrokers() {
        noClasses()
                .that()
                .resideInAPackage("io.tailrace.agent.parse")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("io.tailrace.agent.tail..", "io.tailrace.client..", "java.nio.file..")
                .check(classes);
    }

    @Test
    void encodingKnowsNothingOfFilesFormatsOrBrokers() {
        noClasses()
                .that()
                .resideInAPackage("io.tailrace.agent.encode")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(
                        "io.tailrace.agent.tail..",
                        "io.tailrace.agent.parse..",
                        "io.tailrace.client..",
                        "java.nio.file..")
                .check(classes);
    }
}
