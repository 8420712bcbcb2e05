package io.tailrace.loader;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.Architectures.layeredArchitecture;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchRule;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;

class LayersTest {
    private static final JavaClasses CLASSES = new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .importPackages("io.tailrace.loader");

    /** Packages from the top down: each may use those after it. */
    private static final List<String> PACKAGES = List.of(
            "rewrite", "run", "hours", "audit", "verify", "compact", "engine", "task", "hive", "commit", "table",
            "plan", "store");

    static final List<ArchRule> RULES = List.of(
            packagesDependDownwards(),
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
                    .resideOutsideOfPackage("io.tailrace.loader.hive")
                    .should()
                    .dependOnClassesThat()
                    .resideInAnyPackage("org.apache.hadoop.hive..", "org.apache.thrift.."),
            noClasses()
                    .that()
                    .resideOutsideOfPackage("io.tailrace.loader.store")
                    .should()
                    .dependOnClassesThat()
                    .haveFullyQualifiedName("org.apache.hadoop.fs.FileSystem"),
            noClasses()
                    .that()
                    .resideInAPackage("io.tailrace.loader.plan")
                    .should()
                    .dependOnClassesThat()
                    .resideInAnyPackage("java.nio..", "org.apache..", "org.slf4j..", "java.time.."));

    private static ArchRule packagesDependDownwards() {
        var layers = layeredArchitecture().consideringOnlyDependenciesInLayers();
        for (String name : PACKAGES) {
            layers = layers.layer(name).definedBy("io.tailrace.loader." + name + "..");
        }
        layers = layers.layer("root").definedBy("io.tailrace.loader");
        for (int i = 0; i < PACKAGES.size(); i++) {
            layers = layers.whereLayer(PACKAGES.get(i))
                    .mayOnlyBeAccessedByLayers(Stream.concat(Stream.of("root"), PACKAGES.subList(0, i).stream())
                            .toArray(String[]::new));
        }
        return layers.whereLayer("root").mayNotBeAccessedByAnyLayer();
    }

    @ParameterizedTest
    @FieldSource("RULES")
    void hold(ArchRule rule) {
        rule.check(CLASSES);
    }
}
