package io.tailrace.server.network;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class SocketServerTest {
    @Test
    void anAddressInUseIsNamedInTheError() throws Exception {
        SocketServer server = new SocketServer(
                new SocketServer.Settings(
                        1, 1, 1, 1 << 20, 1 << 20, new NetworkLimits(1 << 20, 1 << 20, 1, 1 << 20, 1_000, 1_000)),
                (frame, connection) -> {},
                new PeerFaultLog(() -> 0));
        try {
            InetAddress loopback = InetAddress.getLoopbackAddress();
            int port = server.listen("A", new InetSocketAddress(loopback, 0)).getPort();
            InetSocketAddress taken = new InetSocketAddress(loopback, port);
            assertThatThrownBy(() -> server.listen("B", taken))
                    .isInstanceOf(IOException.class)
                    .hasMessage("cannot listen on B://localhost:" + port + ": address already in use");
        } finally {
            server.stop(Duration.ZERO);
        }
    }
}
