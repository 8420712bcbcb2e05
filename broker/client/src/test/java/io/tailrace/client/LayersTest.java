package io.tailrace.client;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.junit.jupiter.api.Test;

class LayersTest {
    private static final JavaClasses CLASSES = new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_JARS)
            .importPackages("io.tailrace.client");

    @Test
    void clientsNeedTheJdkAndTheProtocolOnly() {
        classes()
                .should()
                .onlyDependOnClassesThat()
                .resideInAnyPackage(
                        "java..", "javax.net..", "org.jspecify..", "io.tailrace.client..", "io.tailrace.protocol..")
                .check(CLASSES);
    }

    @Test
    void decisionsUseNoSocketAndNoClock() {
        noClasses()
                .that()
                .haveSimpleNameNotStartingWith("Socket")
                .and()
                .haveSimpleNameNotStartingWith("BrokerSession")
                .should()
                .dependOnClassesThat()
                .haveFullyQualifiedName("java.net.Socket")
                .check(CLASSES);
        noClasses()
                .that()
                .haveNameNotMatching("io.tailrace.client.Time.*")
                .should()
                .callMethod(System.class, "nanoTime")
                .orShould()
                .callMethod(System.class, "currentTimeMillis")
                .check(CLASSES);
    }
}
