package io.tailrace.loader.run;

import io.tailrace.testing.SocketThread;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * Passes connections on to a metastore, and breaks all of them at a certain call. The metastore is away from then on, until
 * {@link #open}. Thread-safe.
 */
final class MetastoreGate implements AutoCloseable {
    private static final int BUFFER_BYTES = 1 << 16;
    private static final int THRIFT_CALL = 0x8001_0001;

    private final URI metastore;
    private final ServerSocket listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    private final List<Socket> sockets = new ArrayList<>();
    private Cut cut = Cut.BEFORE;
    private String fatalCall = "";
    private int callsLeft;
    private boolean isOpen = true;

    /** When connections break. */
    enum Cut {
        /** The metastore does not get the call. */
        BEFORE,
        /** The metastore does what it is asked, and its answer is lost. */
        AFTER
    }

    MetastoreGate(URI metastore) throws IOException {
        this.metastore = metastore;
        SocketThread.start("metastore-gate", () -> {
            while (true) {
                admit(listener.accept());
            }
        });
    }

    URI uri() {
        return URI.create("thrift://127.0.0.1:" + listener.getLocalPort());
    }

    /** The metastore goes away at a call, counted from 1. */
    synchronized void cutAt(Cut when, String call, int number) {
        cut = when;
        fatalCall = call;
        callsLeft = number;
    }

    /** The metastore is back. */
    synchronized void open() {
        isOpen = true;
    }

    /** Whether the call was made. */
    synchronized boolean wasCut() {
        return !fatalCall.isEmpty() && callsLeft <= 0;
    }

    private void admit(Socket loader) throws IOException {
        Socket server = new Socket(metastore.getHost(), metastore.getPort());
        Passage passage = new Passage(loader, server);
        if (add(loader, server)) {
            SocketThread.start("metastore-gate", passage::passCalls);
            SocketThread.start("metastore-gate", passage::passAnswers);
        } else {
            passage.close();
        }
    }

    private synchronized boolean add(Socket loader, Socket server) {
        sockets.add(loader);
        sockets.add(server);
        return isOpen;
    }

    private synchronized void shut() throws IOException {
        isOpen = false;
        for (Socket socket : sockets) {
            socket.close();
        }
        sockets.clear();
    }

    private synchronized boolean isFatal(String call) {
        return call.equals(fatalCall) && --callsLeft == 0;
    }

    @Override
    public void close() throws IOException {
        listener.close();
        shut();
    }

    /** A connection. Calls and answers take turns on it. */
    private final class Passage {
        private final Socket loader;
        private final Socket server;
        private volatile boolean isAnswerLost;

        Passage(Socket loader, Socket server) {
            this.loader = loader;
            this.server = server;
        }

        void passCalls() throws IOException {
            try (loader;
                    server) {
                InputStream in = loader.getInputStream();
                OutputStream out = server.getOutputStream();
                byte[] buffer = new byte[BUFFER_BYTES];
                for (int bytes = in.read(buffer); bytes >= 0; bytes = in.read(buffer)) {
                    if (isFatal(call(ByteBuffer.wrap(buffer, 0, bytes)))) {
                        if (cut == Cut.BEFORE) {
                            shut();
                            return;
                        }
                        isAnswerLost = true;
                    }
                    out.write(buffer, 0, bytes);
                }
            }
        }

        /** Returns the name of the call that begins here, or nothing in the middle of a long one. */
        private String call(ByteBuffer bytes) {
            if (bytes.remaining() < 2 * Integer.BYTES || bytes.getInt() != THRIFT_CALL) {
                return "";
            }
            byte[] name = new byte[bytes.getInt()];
            bytes.get(name);
            return new String(name, StandardCharsets.UTF_8);
        }

        void passAnswers() throws IOException {
            InputStream in = server.getInputStream();
            OutputStream out = loader.getOutputStream();
            byte[] buffer = new byte[BUFFER_BYTES];
            for (int bytes = in.read(buffer); bytes >= 0; bytes = in.read(buffer)) {
                if (isAnswerLost) {
                    shut();
                    return;
                }
                out.write(buffer, 0, bytes);
            }
        }

        void close() throws IOException {
            loader.close();
            server.close();
        }
    }
}
