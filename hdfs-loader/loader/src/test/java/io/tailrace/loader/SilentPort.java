package io.tailrace.loader;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;

/** A port on which nothing listens. It is taken, so that nothing else comes to listen there. */
public final class SilentPort implements AutoCloseable {
    private final Socket bound = new Socket();

    public SilentPort() throws IOException {
        bound.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
    }

    public int port() {
        return bound.getLocalPort();
    }

    @Override
    public void close() throws IOException {
        bound.close();
    }
}
