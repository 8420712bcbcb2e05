package io.tailrace.hive;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.ArrayList;
import java.util.List;

/**
 * The loopback ports of a sandbox.
 *
 * @param hdfs the NameNode's RPC port
 * @param metastore the metastore's Thrift port
 * @param hive HiveServer2's Thrift port
 */
record SandboxPorts(int hdfs, int metastore, int hive) {

    static final String HOST = "127.0.0.1";

    /** Replaces a 0 for HDFS by a free port. */
    SandboxPorts withFreeHdfsPort() throws IOException {
        List<ServerSocket> held = new ArrayList<>();
        SandboxPorts found = new SandboxPorts(freePortIfZero(hdfs, held), metastore, hive);
        for (ServerSocket socket : held) {
            socket.close();
        }
        return found;
    }

    /** Replaces each 0 by a free port. */
    SandboxPorts withFreePorts() throws IOException {
        List<ServerSocket> held = new ArrayList<>();
        try {
            return new SandboxPorts(
                    freePortIfZero(hdfs, held), freePortIfZero(metastore, held), freePortIfZero(hive, held));
        } finally {
            for (ServerSocket socket : held) {
                socket.close();
            }
        }
    }

    /** Adds the open socket to {@code held}, so that the port is not found again. */
    private static int freePortIfZero(int port, List<ServerSocket> held) throws IOException {
        if (port != 0) {
            return port;
        }
        ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        held.add(socket);
        return socket.getLocalPort();
    }

    String hdfsUri() {
        return "hdfs://" + HOST + ":" + hdfs;
    }

    String metastoreUri() {
        return "thrift://" + HOST + ":" + metastore;
    }

    String jdbcUrl() {
        return "jdbc:hive2://" + HOST + ":" + hive + "/";
    }
}
