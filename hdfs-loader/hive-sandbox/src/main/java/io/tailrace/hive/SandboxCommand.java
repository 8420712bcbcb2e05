package io.tailrace.hive;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import io.tailrace.process.CommandRunner;
import io.tailrace.process.ServerProcess;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code tailrace hive-sandbox}: runs a Hive for trying the loader, until it is stopped. */
@Command(
        name = "tailrace hive-sandbox",
        description = "Runs HDFS, a Hive metastore and HiveServer2 on this machine, for trying the loader.")
public final class SandboxCommand implements Callable<Integer> {

    private static final List<String> LIBRARIES = List.of(
            "org.apache",
            "org.apache.hadoop",
            "org.eclipse",
            "org.reflections",
            "com.zaxxer",
            "DataNucleus",
            "hive",
            "SessionState",
            "mapreduce",
            "BlockStateChange");

    @Option(names = "--dir", required = true, paramLabel = "DIR", description = "Stores all files and tables in DIR.")
    private Path dir = Path.of("");

    @Option(
            names = "--hdfs-port",
            defaultValue = "8020",
            description = "HDFS port, ${DEFAULT-VALUE} by default; 0 for any free port.")
    private int hdfsPort;

    @Option(
            names = "--metastore-port",
            defaultValue = "9083",
            description = "Metastore port, ${DEFAULT-VALUE} by default; 0 for any free port.")
    private int metastorePort;

    @Option(
            names = "--hive-port",
            defaultValue = "10000",
            description = "HiveServer2 port, ${DEFAULT-VALUE} by default; 0 for any free port.")
    private int hivePort;

    @Option(
            names = "--ready-file",
            paramLabel = "FILE",
            description = "Writes the addresses to FILE, as properties, when the servers are ready.")
    private @Nullable Path readyFile;

    @Spec
    private CommandSpec spec = CommandSpec.create();

    public static void main(String[] args) {
        CommandRunner.main(new SandboxCommand(), args);
    }

    @Override
    public Integer call() throws Exception {
        quietLibraries();
        HiveSandbox sandbox =
                HiveSandbox.start(dir.toAbsolutePath(), new SandboxPorts(hdfsPort, metastorePort, hivePort));
        ServerProcess.runUntilStopped(SandboxCommand::stop, () -> announce(addresses(sandbox.ports())));
        return 0;
    }

    private void announce(String addresses) {
        PrintWriter out = spec.commandLine().getOut();
        out.println("ready");
        out.print(addresses);
        out.flush();
        if (readyFile != null) {
            writeAtomically(readyFile, addresses);
        }
    }

    /**
     * Does nothing: Hadoop and Hive have on disk what they acknowledged, and neither can be closed while the JVM runs
     * their own shutdown hooks.
     */
    private static void stop() {}

    /**
     * Hides the warnings of Hadoop and Hive, most of which are about what is intended here: one disk, no YARN, a new
     * metastore.
     */
    private static void quietLibraries() {
        for (String name : LIBRARIES) {
            if (LoggerFactory.getLogger(name) instanceof Logger logger) {
                logger.setLevel(Level.ERROR);
            }
        }
    }

    private static String addresses(SandboxPorts ports) {
        return "fs.defaultFS=" + ports.hdfsUri() + System.lineSeparator()
                + "hive.metastore.uris=" + ports.metastoreUri() + System.lineSeparator()
                + "hive.jdbc.url=" + ports.jdbcUrl() + System.lineSeparator();
    }

    /** Writes the file and renames it, so that readers never see a part of it. */
    private static void writeAtomically(Path file, String text) {
        Path unfinished = file.resolveSibling(file.getFileName() + ".tmp");
        try {
            Files.writeString(unfinished, text);
            Files.move(unfinished, file, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot write --ready-file " + file, e);
        }
    }
}
