package io.tailrace.loader.engine.mapreduce;

import java.io.IOException;
import java.net.URI;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;

/**
 * What the containers of a job know beside their tasks. It travels in the job's configuration.
 *
 * @param staging the run's staging folder
 * @param job names this job's files in the staging folder; unique there
 * @param bootstrapServers brokers, as {@code host:port[,host:port...]}
 * @param group the loader's consumer group
 * @param registry the schema registry
 * @param splitBytes size of the values that one container loads, estimated
 */
record JobParameters(Path staging, String job, String bootstrapServers, String group, URI registry, long splitBytes) {
    private static final String STAGING = "tailrace.staging";
    private static final String JOB = "tailrace.job";
    private static final String BOOTSTRAP_SERVERS = "tailrace.bootstrap.servers";
    private static final String GROUP = "tailrace.group.id";
    private static final String REGISTRY = "tailrace.schema.registry.url";
    private static final String SPLIT_BYTES = "tailrace.split.bytes";

    void writeTo(Configuration conf) {
        conf.set(STAGING, staging.toString());
        conf.set(JOB, job);
        conf.set(BOOTSTRAP_SERVERS, bootstrapServers);
        conf.set(GROUP, group);
        conf.set(REGISTRY, registry.toString());
        conf.setLong(SPLIT_BYTES, splitBytes);
    }

    /** @throws IOException if the configuration is not that of a job of this package; the message names the key */
    static JobParameters of(Configuration conf) throws IOException {
        return new JobParameters(
                new Path(required(conf, STAGING)),
                required(conf, JOB),
                required(conf, BOOTSTRAP_SERVERS),
                required(conf, GROUP),
                URI.create(required(conf, REGISTRY)),
                Long.parseLong(required(conf, SPLIT_BYTES)));
    }

    private static String required(Configuration conf, String key) throws IOException {
        // Not get(), which would expand variables.
        String value = conf.getRaw(key);
        if (value == null) {
            throw new IOException("job configuration: expected a value of " + key + ", found none");
        }
        return value;
    }
}
