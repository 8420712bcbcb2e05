package io.tailrace.client;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A proxy in front of a broker. It cuts each connection after a random number of bytes in either direction: inside a
 * request, or between a request and its answer.
 */
final class CuttingProxy implements AutoCloseable {
    private final ServerSocket listener;
    private final InetSocketAddress broker;
    private final int bytesMax;
    private final Random random;
    private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();
    private final AtomicInteger cuts = new AtomicInteger();
    private volatile boolean cutting = true;

    /** Starts on an ephemeral port. Every connection carries up to {@code bytesMax} bytes in each direction. */
    CuttingProxy(InetSocketAddress broker, int bytesMax, long seed) {
        this.broker = broker;
        this.bytesMax = bytesMax;
        this.random = new Random(seed);
        try {
            listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        start(this::acceptAll);
    }

    int port() {
        return listener.getLocalPort();
    }

    int cuts() {
        return cuts.get();
    }

    /** Stops cutting connections. */
    void stopCutting() {
        cutting = false;
    }

    private void acceptAll() {
        try {
            while (true) {
                Socket client = listener.accept();
                Socket server = new Socket(broker.getAddress(), broker.getPort());
                sockets.add(client);
                sockets.add(server);
                int upBytes;
                int downBytes;
                synchronized (random) {
                    upBytes = 1 + random.nextInt(bytesMax);
                    downBytes = 1 + random.nextInt(bytesMax);
                }
                start(() -> pump(client, server, upBytes));
                start(() -> pump(server, client, downBytes));
            }
        } catch (IOException e) {
            closeAll();
        }
    }

    private void pump(Socket from, Socket to, int bytes) {
        byte[] buffer = new byte[1024];
        int left = bytes;
        try {
            InputStream in = from.getInputStream();
            OutputStream out = to.getOutputStream();
            while (left > 0) {
                int count = in.read(buffer, 0, cutting ? Math.min(buffer.length, left) : buffer.length);
                if (count < 0) {
                    break;
                }
                out.write(buffer, 0, count);
                left -= cutting ? count : 0;
            }
            cuts.incrementAndGet();
        } catch (IOException e) {
            // The other direction was cut.
        } finally {
            close(from);
            close(to);
        }
    }

    private void close(Socket socket) {
        sockets.remove(socket);
        try {
            socket.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void closeAll() {
        sockets.forEach(this::close);
    }

    private static void start(Runnable task) {
        Thread thread = new Thread(task, "cutting-proxy");
        thread.setDaemon(true);
        thread.start();
    }

    @Override
    public void close() {
        try {
            listener.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        closeAll();
    }
}
