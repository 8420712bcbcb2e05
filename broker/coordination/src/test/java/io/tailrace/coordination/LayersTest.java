package io.tailrace.coordination;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noMethods;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.junit.jupiter.api.Test;

class LayersTest {
    private static final JavaClasses CLASSES = new ClassFileImporter()
            .withImportOption(new ImportOption.DoNotIncludeTests())
            .importPackages("io.tailrace.coordination");

    @Test
    void curatorAndZooKeeperStayInside() {
        noMethods()
                .that()
                .arePublic()
                .and()
                .areDeclaredInClassesThat()
                .arePublic()
                .should()
                .haveRawReturnType(
                        DescribedPredicate.describe("a type of Curator or ZooKeeper", LayersTest::ofZooKeeper))
                .check(CLASSES);
    }

    @Test
    void coordinationKnowsNeitherLogNorNetwork() {
        noClasses()
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(
                        "io.tailrace.log..",
                        "io.tailrace.server..",
                        "io.tailrace.client..",
                        "io.tailrace.protocol.message..",
                        "io.tailrace.protocol.record..")
                .check(CLASSES);
    }

    private static boolean ofZooKeeper(JavaClass type) {
        return type.getPackageName().startsWith("org.apache.");
    }
}
