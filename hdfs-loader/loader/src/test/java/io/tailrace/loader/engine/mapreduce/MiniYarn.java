package io.tailrace.loader.engine.mapreduce;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.CommonConfigurationKeysPublic;
import org.apache.hadoop.hdfs.MiniDFSCluster;
import org.apache.hadoop.mapreduce.Cluster;
import org.apache.hadoop.mapreduce.Counters;
import org.apache.hadoop.mapreduce.JobID;
import org.apache.hadoop.mapreduce.MRJobConfig;
import org.apache.hadoop.mapreduce.v2.MiniMRYarnCluster;
import org.apache.hadoop.yarn.api.records.ApplicationId;
import org.apache.hadoop.yarn.api.records.ApplicationTimeoutType;
import org.apache.hadoop.yarn.api.records.YarnApplicationState;
import org.apache.hadoop.yarn.client.api.YarnClient;
import org.apache.hadoop.yarn.conf.YarnConfiguration;
import org.apache.hadoop.yarn.exceptions.YarnException;

/** HDFS with one DataNode and YARN with one NodeManager, in this JVM, and a folder of their client configuration. */
final class MiniYarn implements AutoCloseable {
    /** Small JVMs that start fast. */
    static final String JVM_FLAGS = "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC";

    private final MiniDFSCluster hdfs;
    private final MiniMRYarnCluster yarn;
    private final YarnClient client;
    private final Path confDir;
    private final Path confDirWithOneAttempt;

    MiniYarn(Path dir) throws IOException {
        Configuration conf = new YarnConfiguration();
        conf.set(MiniDFSCluster.HDFS_MINIDFS_BASEDIR, dir.resolve("hdfs").toString());
        hdfs = new MiniDFSCluster.Builder(conf).numDataNodes(1).build();
        hdfs.waitActive();
        conf.set(
                CommonConfigurationKeysPublic.FS_DEFAULT_NAME_KEY,
                hdfs.getFileSystem().getUri().toString());
        conf.setInt(YarnConfiguration.RM_SCHEDULER_MINIMUM_ALLOCATION_MB, 128);
        conf.setInt(YarnConfiguration.RM_AM_MAX_ATTEMPTS, 4);
        conf.setBoolean(YarnConfiguration.NM_VMEM_CHECK_ENABLED, false);
        conf.setBoolean(YarnConfiguration.NM_PMEM_CHECK_ENABLED, false);
        conf.setFloat(YarnConfiguration.NM_MAX_PER_DISK_UTILIZATION_PERCENTAGE, 100);
        // The history server reads its files with Avro.
        System.setProperty("org.apache.avro.SERIALIZABLE_PACKAGES", "org.apache.hadoop.mapreduce.jobhistory");
        yarn = new MiniMRYarnCluster("mini-yarn", 1);
        yarn.init(conf);
        yarn.start();
        client = YarnClient.createYarnClient();
        client.init(yarn.getConfig());
        client.start();
        confDir = writeConf(dir.resolve("hadoop-conf"), "4");
        confDirWithOneAttempt = writeConf(dir.resolve("hadoop-conf-one"), "1");
    }

    private Path writeConf(Path folder, String attemptsMax) throws IOException {
        Files.createDirectory(folder);
        write(folder.resolve("core-site.xml"), Map.of(), List.of(CommonConfigurationKeysPublic.FS_DEFAULT_NAME_KEY));
        write(folder.resolve("hdfs-site.xml"), Map.of("dfs.replication", "1"), List.of());
        write(
                folder.resolve("yarn-site.xml"),
                Map.of(),
                List.of(
                        YarnConfiguration.RM_ADDRESS,
                        YarnConfiguration.RM_SCHEDULER_ADDRESS,
                        YarnConfiguration.RM_WEBAPP_ADDRESS));
        write(
                folder.resolve("mapred-site.xml"),
                Map.of(
                        MRJobConfig.MR_AM_VMEM_MB, "384",
                        MRJobConfig.MR_AM_COMMAND_OPTS, "-Xmx256m " + JVM_FLAGS,
                        MRJobConfig.MAP_MAX_ATTEMPTS, attemptsMax,
                        // A map that stands still is soon taken for a straggler.
                        MRJobConfig.SPECULATIVE_RETRY_AFTER_NO_SPECULATE, "1000",
                        MRJobConfig.SPECULATIVE_MINIMUM_ALLOWED_TASKS, "1"),
                List.of(MRJobConfig.MR_AM_STAGING_DIR));
        return folder;
    }

    private void write(Path file, Map<String, String> values, List<String> copied) throws IOException {
        Configuration conf = new Configuration(false);
        values.forEach(conf::set);
        copied.forEach(key -> conf.set(key, yarn.getConfig().get(key)));
        try (OutputStream out = Files.newOutputStream(file)) {
            conf.writeXml(out);
        }
    }

    /** The folder for {@code HADOOP_CONF_DIR}. */
    Path confDir() {
        return confDir;
    }

    Configuration conf() {
        return yarn.getConfig();
    }

    org.apache.hadoop.fs.Path path(String path) throws IOException {
        return new org.apache.hadoop.fs.Path(hdfs.getFileSystem().getUri() + path);
    }

    /** The same for jobs that fail with the first attempt of a map that fails. */
    Path confDirWithOneAttempt() {
        return confDirWithOneAttempt;
    }

    YarnApplicationState state(ApplicationId application) throws IOException, YarnException {
        return client.getApplicationReport(application).getYarnApplicationState();
    }

    /** After how many seconds YARN ends an application. */
    long lifetimeSecondsLeft(ApplicationId application) throws IOException, YarnException {
        return client.getApplicationReport(application).getApplicationTimeouts().values().stream()
                .filter(timeout -> timeout.getTimeoutType() == ApplicationTimeoutType.LIFETIME)
                .findFirst()
                .orElseThrow()
                .getRemainingTime();
    }

    /** The counters of a job that has ended. */
    Counters counters(String job) throws IOException, InterruptedException {
        Cluster cluster = new Cluster(yarn.getConfig());
        try {
            return cluster.getJob(JobID.forName(job)).getCounters();
        } finally {
            cluster.close();
        }
    }

    @Override
    public void close() throws IOException {
        client.close();
        yarn.close();
        hdfs.shutdown();
    }
}
