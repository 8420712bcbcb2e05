package io.tailrace.coordination;

import io.tailrace.testing.SocketThread;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** A TCP proxy that can be shut. */
final class Gate implements AutoCloseable {
    private final int serverPort;
    private final ServerSocket listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    private final Set<Socket> passing = ConcurrentHashMap.newKeySet();
    private volatile boolean open = true;

    Gate(int serverPort) throws IOException {
        this.serverPort = serverPort;
        SocketThread.start("gate", this::admit);
    }

    String connect() {
        return "127.0.0.1:" + listener.getLocalPort();
    }

    void open() {
        open = true;
    }

    /** Closes all connections, and refuses new ones. */
    void shut() throws IOException {
        open = false;
        for (Socket socket : passing) {
            socket.close();
        }
    }

    @Override
    public void close() throws IOException {
        shut();
        listener.close();
    }

    private void admit() throws IOException {
        while (true) {
            Socket outside = listener.accept();
            passing.add(outside);
            if (open) {
                Socket inside = new Socket(InetAddress.getLoopbackAddress(), serverPort);
                passing.add(inside);
                SocketThread.start("gate", () -> pass(outside, inside));
                SocketThread.start("gate", () -> pass(inside, outside));
            } else {
                outside.close();
            }
        }
    }

    private static void pass(Socket from, Socket to) throws IOException {
        try (from;
                to) {
            InputStream in = from.getInputStream();
            OutputStream out = to.getOutputStream();
            in.transferTo(out);
        }
    }
}
