package io.tailrace.hive;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.permission.FsPermission;
import org.apache.hadoop.hive.conf.HiveConf;
import org.apache.hive.service.server.HiveServer2;

/**
 * HDFS, metastore and HiveServer2 in this JVM. Only one per JVM at a time: Hive has static state. Not thread-safe.
 */
final class HiveSandbox implements AutoCloseable {

    private SandboxPorts ports;
    private final Deque<Part> running = new ArrayDeque<>();

    /** A running server of the sandbox. */
    interface Part extends AutoCloseable {
        @Override
        void close();
    }

    private HiveSandbox(SandboxPorts ports) {
        this.ports = ports;
    }

    /**
     * Starts all three servers and returns when they are ready.
     *
     * @param dir the directory of all data; created if it does not exist
     * @param wanted the ports; 0 for any free port
     * @throws IOException if a server does not start; the others are closed
     */
    static HiveSandbox start(Path dir, SandboxPorts wanted) throws IOException {
        HiveSandbox sandbox = new HiveSandbox(wanted.withFreeHdfsPort());
        try {
            sandbox.running.push(SandboxHdfs.start(dir.resolve("hdfs"), sandbox.ports));
            // HDFS takes free ports for its data. So those of Hive are looked for after it.
            SandboxPorts ports = sandbox.ports.withFreePorts();
            sandbox.ports = ports;
            HiveConf conf = HiveSite.install(dir.resolve("hive"), ports);
            createScratchFolder(conf);
            sandbox.running.push(SandboxMetastore.start(conf, ports));
            sandbox.running.push(startHiveServer(conf));
            return sandbox;
        } catch (IOException | RuntimeException e) {
            sandbox.close();
            throw e;
        }
    }

    private static Part startHiveServer(HiveConf conf) {
        HiveServer2 server = new HiveServer2();
        server.init(conf);
        server.start();
        return server::stop;
    }

    /** Hive does not start unless other users can write to its scratch folder. */
    private static void createScratchFolder(HiveConf conf) throws IOException {
        org.apache.hadoop.fs.Path scratch = new org.apache.hadoop.fs.Path(conf.getVar(HiveConf.ConfVars.SCRATCH_DIR));
        try (FileSystem hdfs = FileSystem.newInstance(scratch.toUri(), conf)) {
            hdfs.mkdirs(scratch);
            hdfs.setPermission(scratch, new FsPermission((short) 0733));
        }
    }

    SandboxPorts ports() {
        return ports;
    }

    /** Stops the servers in reverse order of their start. */
    @Override
    public void close() {
        RuntimeException first = null;
        while (!running.isEmpty()) {
            try {
                running.pop().close();
            } catch (RuntimeException e) {
                if (first == null) {
                    first = e;
                } else {
                    first.addSuppressed(e);
                }
            }
        }
        if (first != null) {
            throw first;
        }
    }
}
