package io.tailrace.schemas;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.junit.jupiter.api.Test;

class LayersTest {
    private static final JavaClasses CLASSES = new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .importPackages("io.tailrace.schemas");

    @Test
    void whoReadsRecordsKnowsNothingOfTheServer() {
        noClasses()
                .that()
                .resideInAPackage("io.tailrace.schemas")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("io.tailrace.schemas.registry..", "io.tailrace.client..", "com.sun.net..")
                .check(CLASSES);
    }

    @Test
    void onlyTheTopicKnowsTheClient() {
        noClasses()
                .that()
                .doNotHaveSimpleName("TopicSchemaLog")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("io.tailrace.client..", "io.tailrace.protocol..")
                .check(CLASSES);
    }
}
