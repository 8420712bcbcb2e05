package io.tailrace.loader;

import io.tailrace.protocol.TopicPartition;
import java.util.Locale;
import org.apache.hadoop.fs.Path;

/**
 * The only place that knows how paths below {@code output.path} are spelt.
 *
 * <pre>
 * TOPIC/dt=2015-05-17/hr=09/TOPIC-PARTITION-FIRST-LAST.parquet            rows
 * _errors/TOPIC/dt=2015-05-17/hr=09/TOPIC-PARTITION-FIRST-LAST.parquet    records that do not decode
 * _tailrace/TOPIC/commits/00000000000000000001.json                       manifests
 * _tailrace/TOPIC/staging/RUN/                                            what a run has not yet published
 * </pre>
 *
 * <p>Hive, Spark and their like pass over folders that start with an underscore when they list a table.
 */
record Layout(Path root, String topic) {

    /** The tables that a topic becomes. */
    enum Table {
        ROWS,
        ERRORS
    }

    /** Where a table's path partitions are. */
    Path folder(Table table) {
        return switch (table) {
            case ROWS -> new Path(root, topic);
            case ERRORS -> new Path(root, "_errors/" + topic);
        };
    }

    /** What Hive calls the table: the topic, with an underscore for whatever a plain name cannot have. */
    String tableName(Table table) {
        String name = topic.toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9_]", "_");
        return table == Table.ERRORS ? name + "_errors" : name;
    }

    Path commits() {
        return new Path(root, "_tailrace/" + topic + "/commits");
    }

    /** The folder that holds one folder for each run that has not finished. */
    Path staging() {
        return new Path(root, "_tailrace/" + topic + "/staging");
    }

    Path staging(String runId) {
        return new Path(staging(), runId);
    }

    /** The name of a file with the rows of {@code first} to {@code last}, both inclusive. */
    static String fileName(TopicPartition partition, long first, long last) {
        return partition + "-" + first + "-" + last + ".parquet";
    }
}
