package io.tailrace.loader.engine.mapreduce;

import io.tailrace.loader.engine.Engine;
import io.tailrace.loader.engine.mapreduce.TaskJson.Failure;
import io.tailrace.loader.store.AbortCheck;
import io.tailrace.loader.store.Store;
import io.tailrace.loader.task.TaskResult;
import io.tailrace.loader.task.TaskSpec;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.URI;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.UUID;
import java.util.function.LongConsumer;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.mapreduce.Job;
import org.apache.hadoop.mapreduce.MRConfig;
import org.apache.hadoop.mapreduce.MRJobConfig;
import org.apache.hadoop.mapreduce.TypeConverter;
import org.apache.hadoop.mapreduce.lib.output.NullOutputFormat;
import org.apache.hadoop.yarn.api.records.ApplicationId;
import org.apache.hadoop.yarn.api.records.ApplicationReport;
import org.apache.hadoop.yarn.api.records.FinalApplicationStatus;
import org.apache.hadoop.yarn.client.api.YarnClient;
import org.apache.hadoop.yarn.conf.YarnConfiguration;
import org.jspecify.annotations.Nullable;

/** Runs tasks in containers of a YARN cluster, as one MapReduce job for each call. Thread-safe. */
public final class MapReduceEngine implements Engine {
    /** Where containers find the libraries, below their working directory. */
    private static final String LIBRARIES = "tailrace";

    private static final String CLASS_PATH =
            "$PWD/" + LIBRARIES + "/" + Libraries.CLASSES + ",$PWD/" + LIBRARIES + "/*";

    /** Avro reads the job's history, from which a second application master continues, only with this permission. */
    private static final String READS_HISTORY =
            "-Dorg.apache.avro.SERIALIZABLE_PACKAGES=org.apache.hadoop.mapreduce.jobhistory";

    /** Hadoop's default is 15 minutes, in which a run could not be aborted. */
    private static final long CONNECT_MS_MAX = 30_000;

    private static final int DIAGNOSTICS_LENGTH_MAX = 2_000;

    private final MapReduceSettings settings;
    private final Services services;
    private final Configuration hadoop;
    private final Store store;
    private @Nullable Path shipped;

    /**
     * Addresses of the services that containers use.
     *
     * @param bootstrapServers brokers, as {@code host:port[,host:port...]}
     * @param group the loader's consumer group
     * @param registry the schema registry
     */
    public record Services(String bootstrapServers, String group, URI registry) {}

    /**
     * Creates an engine.
     *
     * @param hadoop the configuration of the cluster
     * @param store the file system of the staging folders
     */
    public MapReduceEngine(MapReduceSettings settings, Services services, Configuration hadoop, Store store) {
        this.settings = settings;
        this.services = services;
        this.hadoop = new YarnConfiguration(hadoop);
        this.hadoop.setLong(YarnConfiguration.RESOURCEMANAGER_CONNECT_MAX_WAIT_MS, CONNECT_MS_MAX);
        this.store = store;
    }

    @Override
    public List<TaskResult> run(List<TaskSpec> tasks, LongConsumer loaded, AbortCheck abort) throws IOException {
        if (tasks.isEmpty()) {
            return List.of();
        }
        JobParameters parameters = new JobParameters(
                tasks.get(0).staging(),
                "job-" + UUID.randomUUID().toString().substring(0, 8),
                services.bootstrapServers(),
                services.group(),
                services.registry(),
                settings.splitBytes());
        JobFiles files = new JobFiles(store, parameters);
        files.writeTasks(tasks);
        long records = tasks.stream().mapToLong(task -> task.range().length()).sum();
        try (Job job = job(parameters, tasks.get(0).range().topicPartition().topic());
                YarnClient yarn = YarnClient.createYarnClient()) {
            yarn.init(hadoop);
            yarn.start();
            try (RunningJob running = new RunningJob(yarn, submit(job))) {
                ApplicationReport end = running.await(records, loaded, abort);
                if (end.getFinalApplicationStatus() != FinalApplicationStatus.SUCCEEDED) {
                    throw failure(end, files);
                }
            }
        }
        return files.readResults(tasks);
    }

    /** Once for this engine: topics that load beside each other share the libraries. */
    private synchronized Path ship() throws IOException {
        if (shipped == null) {
            try (Store libraries = Store.open(settings.libraries(), hadoop)) {
                shipped = new LibraryStore(libraries, settings.libraries())
                        .ship(Libraries.of(MapReduceEngine.class), LocalDate.now(ZoneOffset.UTC));
            }
        }
        return shipped;
    }

    private Job job(JobParameters parameters, String topic) throws IOException {
        Configuration conf = new Configuration(hadoop);
        parameters.writeTo(conf);
        conf.set(MRConfig.FRAMEWORK_NAME, MRConfig.YARN_FRAMEWORK_NAME);
        conf.set(MRJobConfig.MAPREDUCE_APPLICATION_FRAMEWORK_PATH, ship() + "#" + LIBRARIES);
        conf.set(MRJobConfig.MAPREDUCE_APPLICATION_CLASSPATH, CLASS_PATH);
        conf.set(MRJobConfig.QUEUE_NAME, settings.queue());
        conf.setInt(MRJobConfig.JOB_RUNNING_MAP_LIMIT, settings.containersMax());
        conf.setInt(MRJobConfig.MAP_MEMORY_MB, settings.memoryMb());
        conf.set(MRJobConfig.MAP_JAVA_OPTS, settings.javaOptions());
        conf.setInt(MRJobConfig.MR_AM_MAX_ATTEMPTS, settings.masterAttemptsMax());
        conf.set(
                MRJobConfig.MR_AM_ADMIN_COMMAND_OPTS,
                conf.get(MRJobConfig.MR_AM_ADMIN_COMMAND_OPTS, "") + " " + READS_HISTORY);
        settings.javaHome().ifPresent(home -> {
            conf.set(MRJobConfig.MR_AM_ENV + ".JAVA_HOME", home);
            conf.set(MRJobConfig.MAP_ENV + ".JAVA_HOME", home);
        });
        Job job = Job.getInstance(conf, "tailrace load " + topic);
        job.setInputFormatClass(TaskInputFormat.class);
        job.setMapperClass(LoadMapper.class);
        // Results are in the staging folder. FileOutputFormat would create folders, and a fenced run would get its own
        // back.
        job.setOutputFormatClass(NullOutputFormat.class);
        job.setNumReduceTasks(0);
        return job;
    }

    private ApplicationId submit(Job job) throws IOException {
        try {
            job.submit();
            return TypeConverter.toYarn(job.getJobID()).getAppId();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted while submitting the MapReduce job");
        } catch (ClassNotFoundException e) {
            throw new IllegalStateException(e);
        } catch (IOException e) {
            throw new IOException(
                    "cannot submit the MapReduce job to YARN at " + hadoop.get(YarnConfiguration.RM_ADDRESS)
                            + ", queue " + settings.queue() + ": " + e.getMessage()
                            + ". Check yarn-site.xml in hadoop.conf.dir and mapreduce.queue",
                    e);
        }
    }

    private static IOException failure(ApplicationReport end, JobFiles files) throws IOException {
        Optional<Failure> failure = files.readFailure();
        String diagnostics = String.valueOf(end.getDiagnostics()).strip();
        String reason = failure.map(reported ->
                        reported.message() + " (attempt " + reported.attempt() + " on node " + reported.host() + ")")
                .orElse(diagnostics.substring(0, Math.min(diagnostics.length(), DIAGNOSTICS_LENGTH_MAX)));
        String state = end.getYarnApplicationState() + "/" + end.getFinalApplicationStatus();
        return new IOException("MapReduce job " + end.getApplicationId() + " ended as " + state.toLowerCase(Locale.ROOT)
                + ": " + reason + ". Logs: " + end.getTrackingUrl() + ", or: yarn logs -applicationId "
                + end.getApplicationId());
    }
}
