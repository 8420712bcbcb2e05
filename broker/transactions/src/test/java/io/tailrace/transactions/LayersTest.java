package io.tailrace.transactions;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.time.Clock;
import java.time.Instant;
import java.time.InstantSource;
import org.junit.jupiter.api.Test;

/** The rules are values and functions: whatever has to do with the world is left to the caller. */
class LayersTest {
    private static final JavaClasses CLASSES = new ClassFileImporter()
            .withImportOption(new ImportOption.DoNotIncludeTests())
            .importPackages("io.tailrace.transactions");

    @Test
    void moduleKnowsValuesOnly() {
        classes()
                .should()
                .onlyDependOnClassesThat()
                .resideInAnyPackage(
                        "com.google.re2j",
                        "io.tailrace.transactions..",
                        "io.tailrace.protocol..",
                        "java.nio",
                        "java.nio.charset",
                        "io.tailrace.shard",
                        "java.lang..",
                        "java.util",
                        "java.util.function",
                        "java.util.regex",
                        "java.util.stream",
                        "org.jspecify.annotations")
                .check(CLASSES);
    }

    @Test
    void moduleHasNoClockThreadOrLock() {
        noClasses()
                .should()
                .dependOnClassesThat()
                .belongToAnyOf(
                        Clock.class, Instant.class, InstantSource.class, Thread.class, System.class, Process.class)
                .check(CLASSES);
    }
}
