package io.tailrace.server;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.junit.jupiter.api.Test;

/** What the packages of the server must not depend on. */
class LayersTest {
    private static final JavaClasses CLASSES = new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .importPackages("io.tailrace.server");

    @Test
    void packagesHaveNoCycles() {
        slices().matching("io.tailrace.server.(*)..").should().beFreeOfCycles().check(CLASSES);
    }

    @Test
    void networkKnowsNoRequests() {
        noClasses()
                .that()
                .resideInAPackage("io.tailrace.server.network..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("io.tailrace.protocol..", "io.tailrace.log..", "io.tailrace.replication..")
                .check(CLASSES);
    }

    @Test
    void partitionsShardsAndGroupsKnowNoSocketsAndNoMessages() {
        noClasses()
                .that()
                .resideInAnyPackage(
                        "io.tailrace.server.partition..", "io.tailrace.server.group..", "io.tailrace.server.shard..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(
                        "io.netty..", "io.tailrace.protocol.message..", "io.tailrace.protocol.codec..", "java.net..")
                .check(CLASSES);
    }

    @Test
    void hostsOfShardsKnowNoKindOfShard() {
        noClasses()
                .that()
                .resideInAPackage("io.tailrace.server.shard..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(
                        "io.tailrace.groups..",
                        "io.tailrace.transactions..",
                        "io.tailrace.server.group..",
                        "io.tailrace.server.transaction..")
                .check(CLASSES);
    }

    @Test
    void noPackageKnowsZooKeeperOrApacheKafka() {
        noClasses()
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("org.apache.zookeeper..", "org.apache.curator..", "org.apache.kafka..")
                .check(CLASSES);
    }
}
