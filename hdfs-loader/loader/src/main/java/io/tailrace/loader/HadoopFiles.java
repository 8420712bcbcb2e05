package io.tailrace.loader;

import io.tailrace.config.ConfigException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;

/** The folder of Hadoop's client configuration: {@code hadoop.conf.dir}, or else the environment's HADOOP_CONF_DIR. */
final class HadoopFiles {
    private static final String VARIABLE = "HADOOP_CONF_DIR";
    private static final String CORE = "core-site.xml";
    private static final String HDFS = "hdfs-site.xml";
    private static final String YARN = "yarn-site.xml";

    private HadoopFiles() {}

    /**
     * Reads the files, later ones over earlier ones, and all over Hadoop's defaults.
     *
     * @param folder {@code hadoop.conf.dir}
     * @param environment the variables of this process
     * @param needsYarn whether tasks run in a YARN cluster
     * @throws ConfigException if the folder or a file in it is missing
     */
    static Configuration read(Optional<Path> folder, Map<String, String> environment, boolean needsYarn) {
        String variable = environment.getOrDefault(VARIABLE, "");
        String source = folder.isPresent() ? "hadoop.conf.dir=" + folder.get() : VARIABLE + "=" + variable;
        Optional<Path> used = folder.or(() -> variable.isEmpty() ? Optional.empty() : Optional.of(Path.of(variable)));
        if (used.isEmpty() && needsYarn) {
            throw new ConfigException("engine=mapreduce: expected hadoop.conf.dir or the environment's " + VARIABLE
                    + " to name the folder of " + CORE + ", " + HDFS + " and " + YARN + ", found neither");
        }
        Configuration hadoop = new Configuration();
        used.ifPresent(path -> {
            check(source, path, needsYarn);
            for (String name : List.of(CORE, HDFS, "mapred-site.xml", YARN)) {
                if (Files.exists(path.resolve(name))) {
                    hadoop.addResource(
                            new org.apache.hadoop.fs.Path(path.resolve(name).toUri()));
                }
            }
        });
        return hadoop;
    }

    private static void check(String source, Path folder, boolean needsYarn) {
        if (!Files.isDirectory(folder)) {
            throw new ConfigException(
                    source + ": expected the folder of " + CORE + " and " + HDFS + ", found no folder");
        }
        if (!Files.exists(folder.resolve(CORE)) && !Files.exists(folder.resolve(HDFS))) {
            throw new ConfigException(source + ": expected " + CORE + " or " + HDFS + " in this folder, found neither");
        }
        if (needsYarn && !Files.exists(folder.resolve(YARN))) {
            throw new ConfigException(
                    source + ": expected " + YARN + " in this folder, because engine=mapreduce runs in a YARN cluster");
        }
    }
}
