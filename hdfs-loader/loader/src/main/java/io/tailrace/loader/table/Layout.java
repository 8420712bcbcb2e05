package io.tailrace.loader.table;

import io.tailrace.protocol.TopicPartition;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.zip.CRC32;
import org.apache.hadoop.fs.Path;

/**
 * The names of a topic's files and folders below {@code output.path}. No other class builds these paths.
 *
 * <pre>
 * TOPIC/dt=2015-05-17/hr=09/TOPIC-PARTITION-FIRST-LAST.parquet            rows
 * _errors/TOPIC/dt=2015-05-17/hr=09/TOPIC-PARTITION-FIRST-LAST.parquet    records that do not decode
 * _tailrace/TOPIC/commits/00000000000000000001.json                       manifests
 * TOPIC/_generations/SEQUENCE/dt=2015-05-17/hr=09/                        the hour's files since commit SEQUENCE replaced them
 * _tailrace/TOPIC/checkpoints/00000000000000000100.json                   what commits up to that one add up to
 * _tailrace/TOPIC/hours/2015-05-17-00000000000000000003.json              verdicts on the hours of a day
 * TOPIC/dt=2015-05-17/hr=09/_COMPLETE                                     the hour is complete
 * _tailrace/TOPIC/published/NAME-SEQUENCE                                 marks of publications
 * _tailrace/TOPIC/staging/RUN/                                            files of a run that is not published
 * </pre>
 *
 * <p>Query engines ignore folders whose names start with an underscore.
 */
public record Layout(Path root, String topic) {
    /**
     * The longest name of a file. HDFS and local file systems accept 255 bytes, and tools add to it while they copy, such as
     * {@code ._COPYING_}.
     */
    private static final int NAME_BYTES_MAX = 240;

    /** The longest name of a table in Hive's metastore. The longest topic's error table has it. */
    private static final int TABLE_NAME_LENGTH_MAX = 256;

    /** The folder of a table's path partitions. */
    public Path folder(TableKind table) {
        return switch (table) {
            case ROWS -> new Path(root, topic);
            case ERRORS -> new Path(root, "_errors/" + topic);
        };
    }

    /** The table's name in Hive: the topic in lower case, with underscores for characters that Hive does not allow. */
    public String tableName(TableKind table) {
        String name = topic.toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9_]", "_");
        return table == TableKind.ERRORS ? name + "_errors" : name;
    }

    /**
     * The table's name in Hive if another topic has a table of its first name, as {@code a-b} and {@code a.b} would: that name
     * and a hash of the topic's.
     */
    public String spareTableName(TableKind table) {
        CRC32 hash = new CRC32();
        hash.update(topic.getBytes(StandardCharsets.UTF_8));
        String suffix = String.format(Locale.ROOT, "_%08x", hash.getValue());
        String name = tableName(table);
        return name.substring(0, Math.min(name.length(), TABLE_NAME_LENGTH_MAX - suffix.length())) + suffix;
    }

    /** The folder of a path partition's files of a generation, see {@link DataFile}. */
    public Path folder(TableKind table, PathPartition pathPartition, long generation) {
        String hour = pathPartition.path();
        return new Path(
                folder(table),
                generation == DataFile.FIRST_GENERATION
                        ? hour
                        : String.format(Locale.ROOT, "_generations/%020d/%s", generation, hour));
    }

    /** The path of a file in its table. */
    public Path file(DataFile file) {
        return new Path(folder(file.table(), file.pathPartition(), file.generation()), file.name());
    }

    /** The folder that has a folder for each topic that was ever loaded. */
    public static Path topics(Path root) {
        return new Path(root, "_tailrace");
    }

    public Path commits() {
        return new Path(root, "_tailrace/" + topic + "/commits");
    }

    /** The folder of the checkpoints of the commit log. */
    public Path checkpoints() {
        return new Path(root, "_tailrace/" + topic + "/checkpoints");
    }

    /** The folder of the verdicts on hours, a file for each day. */
    public Path hours() {
        return new Path(root, "_tailrace/" + topic + "/hours");
    }

    /**
     * The mark of a complete hour. It is in the folder of the first generation, where schedulers can wait for it,
     * whatever the generation of the hour's files.
     */
    public Path complete(PathPartition hour) {
        return new Path(folder(TableKind.ROWS, hour, DataFile.FIRST_GENERATION), "_COMPLETE");
    }

    /** The folder of the marks of publications. */
    public Path published() {
        return new Path(root, "_tailrace/" + topic + "/published");
    }

    /** The folder that has a folder for each unfinished run. */
    public Path staging() {
        return new Path(root, "_tailrace/" + topic + "/staging");
    }

    public Path staging(String runId) {
        return new Path(staging(), runId);
    }

    /**
     * The name of a file of rows {@code first} to {@code last}, both inclusive. A topic's name is cut if the file's
     * would be too long: the folder has the whole one, and series, partition and offsets make the name unique there.
     *
     * @param series the topic's incarnation; the first one, 0, is not part of the name
     */
    public static String fileName(TopicPartition partition, int series, long first, long last) {
        String suffix = (series == 0 ? "" : "-series" + series) + "-" + partition.partition() + "-" + first + "-" + last
                + ".parquet";
        return cut(partition.topic(), suffix);
    }

    /**
     * The name of a file that is made of others. A long topic is cut.
     *
     * @param sequence the number of the commit that adds it
     * @param number number of the file in its hour, from 0
     */
    public String mergedFileName(long sequence, int number) {
        return cut(topic, "-merged-" + sequence + "-" + number + ".parquet");
    }

    /**
     * The name of a file of records that were in the error table. A long topic is cut.
     *
     * @param sequence the number of the commit that adds it
     * @param number number of the file in its commit, from 0
     */
    public String retriedFileName(long sequence, int number) {
        return cut(topic, "-retried-" + sequence + "-" + number + ".parquet");
    }

    /** Query engines ignore files whose names start with an underscore or a dot. */
    private static String cut(String topic, String suffix) {
        String visible = topic.startsWith("_") || topic.startsWith(".") ? "topic" + topic : topic;
        return visible.substring(0, Math.min(visible.length(), NAME_BYTES_MAX - suffix.length())) + suffix;
    }
}
