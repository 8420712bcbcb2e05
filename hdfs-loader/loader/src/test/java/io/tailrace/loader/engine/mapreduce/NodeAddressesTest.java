package io.tailrace.loader.engine.mapreduce;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tailrace.loader.SilentPort;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import org.apache.hadoop.fs.Path;
import org.junit.jupiter.api.Test;

class NodeAddressesTest {
    private static JobParameters parameters(int brokerPort, int registryPort) {
        return new JobParameters(
                new Path("/staging"),
                "job-1",
                "127.0.0.1:1,127.0.0.1:" + brokerPort,
                "group",
                URI.create("http://127.0.0.1:" + registryPort),
                1);
    }

    @Test
    void namesTheAddressThatCannotBeReached() throws IOException {
        try (ServerSocket open = new ServerSocket(0, 10, InetAddress.getLoopbackAddress());
                SilentPort silent = new SilentPort()) {
            int port = open.getLocalPort();
            int closed = silent.port();

            NodeAddresses.check(parameters(port, port));
            assertThatThrownBy(() -> NodeAddresses.check(parameters(port, closed)))
                    .isInstanceOf(IOException.class)
                    .hasMessageStartingWith(
                            "cannot reach schema.registry.url=http://127.0.0.1:" + closed + " from node ");
            assertThatThrownBy(() -> NodeAddresses.check(parameters(closed, port)))
                    .isInstanceOf(IOException.class)
                    .hasMessageStartingWith("cannot reach bootstrap.servers=127.0.0.1:1,127.0.0.1:" + closed);
        }
    }
}
