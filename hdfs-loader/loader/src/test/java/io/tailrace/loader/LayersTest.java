package io.tailrace.loader;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchRule;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;

class LayersTest {
    private static final JavaClasses CLASSES = new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .importPackages("io.tailrace.loader");

    static final List<ArchRule> RULES = List.of(
            noClasses()
                    .should()
                    .dependOnClassesThat()
                    .resideInAnyPackage(
                            "io.tailrace.server..",
                            "io.tailrace.log..",
                            "io.tailrace.replication..",
                            "io.tailrace.coordination..",
                            "org.apache.kafka.."),
            noClasses()
                    .that()
                    .haveSimpleNameNotStartingWith("LoaderLock")
                    .should()
                    .dependOnClassesThat()
                    .resideInAPackage("org.apache.curator.."),
            noClasses()
                    .that()
                    .haveSimpleNameNotStartingWith("Metastore")
                    .and()
                    .haveSimpleNameNotStartingWith("HiveColumns")
                    .should()
                    .dependOnClassesThat()
                    .resideInAnyPackage("org.apache.hadoop.hive..", "org.apache.thrift.."),
            noClasses()
                    .that()
                    .haveSimpleNameNotStartingWith("Store")
                    .should()
                    .dependOnClassesThat()
                    .haveFullyQualifiedName("org.apache.hadoop.fs.FileSystem"),
            noClasses()
                    .that()
                    .haveSimpleName("Plan")
                    .should()
                    .dependOnClassesThat()
                    .resideInAnyPackage("java.io..", "java.nio..", "org.apache..", "org.slf4j..", "java.time.."));

    @ParameterizedTest
    @FieldSource("RULES")
    void hold(ArchRule rule) {
        rule.check(CLASSES);
    }
}
