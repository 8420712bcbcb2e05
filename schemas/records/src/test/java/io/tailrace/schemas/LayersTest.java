package io.tailrace.schemas;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;

import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.junit.jupiter.api.Test;

class LayersTest {
    @Test
    void agentsAndLoaderCarryNothingButAvroJacksonAndCodec() {
        classes()
                .should()
                .onlyDependOnClassesThat()
                .resideInAnyPackage(
                        "io.tailrace.schemas..",
                        "java..",
                        "org.apache.avro..",
                        "com.fasterxml.jackson..",
                        "net.openhft.hashing..",
                        "org.jspecify..")
                .check(new ClassFileImporter()
                        .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
                        .importPackages("io.tailrace.schemas"));
    }
}
