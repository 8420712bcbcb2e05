package io.tailrace.schemas.registry;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.junit.jupiter.api.Test;

class LayersTest {
    @Test
    void onlyTheTopicKnowsTheClient() {
        noClasses()
                .that()
                .doNotHaveSimpleName("TopicSchemaLog")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("io.tailrace.client..", "io.tailrace.protocol..")
                .check(new ClassFileImporter()
                        .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
                        .importPackages("io.tailrace.schemas.registry"));
    }
}
