package io.tailrace.loader.engine.mapreduce;

import static io.tailrace.loader.engine.mapreduce.YarnLoads.OUTPUT;
import static io.tailrace.loader.engine.mapreduce.YarnLoads.waitFor;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.tailrace.loader.LoadCommand;
import io.tailrace.loader.ReloadCommand;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.apache.hadoop.mapreduce.JobID;
import org.apache.hadoop.mapreduce.TaskAttemptID;
import org.apache.hadoop.mapreduce.TaskID;
import org.apache.hadoop.util.RunJar;
import org.apache.hadoop.yarn.api.records.ApplicationId;
import org.apache.hadoop.yarn.api.records.YarnApplicationState;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Loads with the command as users start it, in a cluster of YARN, and compares the rows with those of the local engine. */
@Timeout(value = 20, unit = TimeUnit.MINUTES)
class MapReduceIT {
    private static final int PARTITIONS = 3;
    private static final int RECORDS = 3_000;
    private static final int SIGTERM_EXIT_CODE = 128 + 15;
    private static final List<String> LOAD = List.of(LoadCommand.class.getName());

    private static YarnLoads loads;
    private static ContainerProcesses containers;

    @BeforeAll
    @Timeout(value = 20, unit = TimeUnit.MINUTES)
    static void start(@TempDir Path dir) throws Exception {
        loads = new YarnLoads(dir);
        containers = loads.containers;
    }

    @AfterEach
    void killMaps() throws IOException {
        containers.killMaps();
    }

    @AfterAll
    static void stop() throws IOException {
        loads.close();
    }

    @Test
    void startedByYarnJarItLoadsTheRowsOfTheLocalEngine() throws Exception {
        loads.produce("plain", PARTITIONS, RECORDS);
        Path jar = loads.distribution.jarOf(LoadCommand.class);
        Process load = loads.start(
                "plain",
                loads.yarn.confDir(),
                List.of(RunJar.class.getName(), jar.toString(), LoadCommand.class.getName()));

        assertThat(waitFor(load)).as(loads.log("plain")).isZero();

        assertRowsOfLocalLoad("plain");
    }

    @Test
    void aReloadReplacesFilesOfTheLocalEngineByTheSameRows() throws Exception {
        loads.produce("again", PARTITIONS, RECORDS);
        loads.loadLocally("again", OUTPUT);
        List<org.apache.hadoop.fs.Path> files = loads.files(OUTPUT, "again");
        List<String> rows = loads.rows(OUTPUT, "again");
        loads.delete(files.get(0));

        Process reload = loads.start(
                "again",
                loads.yarn.confDir(),
                List.of(ReloadCommand.class.getName(), "--from-hour", "2015-05-17T10", "--to-hour", "2015-05-17T11"));

        assertThat(waitFor(reload)).as(loads.log("again")).isZero();
        assertThat(loads.log("again")).containsPattern("application_\\d+_\\d+");
        assertThat(loads.rows(OUTPUT, "again")).hasSize(RECORDS).isEqualTo(rows);
        assertThat(loads.files(OUTPUT, "again")).isNotEmpty().doesNotContainAnyElementsOf(files);
        assertThat(loads.names(OUTPUT + "/_tailrace/again/staging")).isEmpty();
    }

    @Test
    void lostContainersAndMastersAndStragglersLeaveTheRowsOfTheLocalEngine() throws Exception {
        loads.produce("lossy", PARTITIONS, RECORDS);
        containers.hold();
        Process load = loads.start("lossy", loads.yarn.confDir(), LOAD);
        Map<String, Long> first = eventually().until(containers::freezeMaps, maps -> maps.size() == PARTITIONS);
        containers.release();

        // A lost container: another attempt does its work.
        Map.Entry<String, Long> lost = first.entrySet().iterator().next();
        containers.kill(lost.getValue());
        eventually().until(() -> !results("lossy").isEmpty());

        // A lost master: the next one starts the other maps again, and perhaps the one that has a result.
        Set<TaskID> unfinished = maps(first.keySet());
        unfinished.remove(mapOf(lost.getKey()));
        containers.hold();
        containers.masters().forEach(containers::kill);
        Map<String, Long> second = eventually()
                .until(() -> ofLaterMaster(containers.freezeMaps()), attempts -> maps(attempts.keySet())
                        .containsAll(unfinished));
        containers.release();

        // A straggler: once another map is done, a speculative attempt overtakes it.
        String straggler = second.keySet().stream()
                .filter(attempt -> unfinished.contains(mapOf(attempt)))
                .findFirst()
                .orElseThrow();
        second.forEach((attempt, pid) -> {
            if (!attempt.equals(straggler)) {
                containers.thaw(pid);
            }
        });

        assertThat(waitFor(load)).as(loads.log("lossy")).isZero();
        assertRowsOfLocalLoad("lossy");
        assertThat(loads.names(OUTPUT + "/_tailrace/lib"))
                .as("libraries are shipped once")
                .hasSize(1);
    }

    @Test
    void theJobEndsWithItsLoader() throws Exception {
        loads.produce("stopped", PARTITIONS, RECORDS);
        containers.hold();
        Process load = loads.start("stopped", loads.yarn.confDir(), LOAD);
        Map<String, Long> maps = eventually().until(containers::freezeMaps, found -> found.size() == PARTITIONS);
        ApplicationId application = applicationOf(maps.keySet().iterator().next());

        // If the loader could not stop the job, YARN would.
        assertThat(loads.yarn.lifetimeSecondsLeft(application))
                .isBetween(1L, TimeUnit.MILLISECONDS.toSeconds(JobLease.LENGTH_MS));
        load.destroy();

        eventually()
                .until(() -> loads.yarn.state(application) == YarnApplicationState.KILLED
                        && containers.maps().isEmpty());
        assertThat(waitFor(load)).isEqualTo(SIGTERM_EXIT_CODE);
    }

    @Test
    void saysWhyAMapFailedAndWhereItsLogsAre() throws Exception {
        loads.produce("failing", PARTITIONS, RECORDS);
        RegistryRelay relay = new RegistryRelay(loads.registryUrl());
        containers.hold();
        Process load =
                loads.start("failing", loads.yarn.confDirWithOneAttempt(), LOAD, "schema.registry.url=" + relay.url());
        Map<String, Long> maps = eventually().until(containers::freezeMaps, found -> found.size() == PARTITIONS);

        relay.close();
        containers.release();
        maps.values().forEach(containers::thaw);

        assertThat(waitFor(load)).isEqualTo(1);
        assertThat(loads.log("failing"))
                .containsPattern("topic failing: MapReduce job application_\\d+_\\d+ ended as finished/failed: "
                        + "cannot reach schema.registry.url=" + relay.url() + " from node \\S+: .*"
                        + "Logs: http://.*application_\\d+_\\d+/?, or: yarn logs -applicationId application_\\d+_\\d+");
        assertThat(loads.names(OUTPUT + "/failing")).isEmpty();
    }

    private static void assertRowsOfLocalLoad(String topic) throws Exception {
        assertThat(loads.rows(OUTPUT, topic)).hasSize(RECORDS).isEqualTo(loads.rowsOfLocalLoad(topic));
        assertThat(loads.names(OUTPUT + "/_tailrace/" + topic + "/staging")).isEmpty();
    }

    private static ConditionFactory eventually() {
        return await().atMost(YarnLoads.STEP_MAX).pollInterval(Duration.ofMillis(100));
    }

    /** The attempts that a second or later application master started: they are numbered from 1000. */
    private static Map<String, Long> ofLaterMaster(Map<String, Long> maps) {
        maps.keySet().removeIf(attempt -> TaskAttemptID.forName(attempt).getId() < 1000);
        return maps;
    }

    private static Set<TaskID> maps(Set<String> attempts) {
        return attempts.stream().map(MapReduceIT::mapOf).collect(Collectors.toCollection(HashSet::new));
    }

    private static ApplicationId applicationOf(String attempt) {
        JobID job = TaskAttemptID.forName(attempt).getJobID();
        return ApplicationId.newInstance(Long.parseLong(job.getJtIdentifier()), job.getId());
    }

    private static TaskID mapOf(String attempt) {
        return TaskAttemptID.forName(attempt).getTaskID();
    }

    /** The results that maps have published. */
    private static List<String> results(String topic) throws IOException {
        String staging = OUTPUT + "/_tailrace/" + topic + "/staging";
        List<String> results = new ArrayList<>();
        for (String run : loads.names(staging)) {
            results.addAll(loads.names(staging + "/" + run).stream()
                    .filter(name -> name.contains("-result-"))
                    .toList());
        }
        return results;
    }
}
