package io.tailrace.loader.hive;

import io.tailrace.loader.table.CatalogUnavailableException;
import java.io.IOException;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import org.apache.hadoop.hive.metastore.api.ThriftHiveMetastore;
import org.apache.thrift.TConfiguration;
import org.apache.thrift.TException;
import org.apache.thrift.protocol.TBinaryProtocol;
import org.apache.thrift.transport.TSocket;
import org.apache.thrift.transport.TTransportException;

/** Connects for each call, since a run makes few and a connection idle for an hour would be dead. */
final class ThriftMetastore implements Metastore {
    private static final int CONNECT_TIMEOUT_MS = 10_000;
    private static final int RESPONSE_TIMEOUT_MS = 120_000;

    private final List<URI> uris;

    /** @param uris metastores as {@code thrift://host:port}, tried in order */
    ThriftMetastore(List<URI> uris) {
        this.uris = List.copyOf(uris);
    }

    private record Connection(URI uri, TSocket socket) implements AutoCloseable {
        @Override
        public void close() {
            socket.close();
        }
    }

    @Override
    public <T> T call(Call<T> call) throws IOException {
        try (Connection connection = connect()) {
            return call(call, connection);
        }
    }

    private static <T> T call(Call<T> call, Connection connection) throws IOException {
        try {
            return call.on(new ThriftHiveMetastore.Client(new TBinaryProtocol(connection.socket())));
        } catch (TTransportException e) {
            throw new CatalogUnavailableException(
                    "metastore " + connection.uri() + " did not answer: " + e.getMessage() + ". Check that it runs", e);
        } catch (TException e) {
            throw new IOException("metastore " + connection.uri() + " failed: " + e.getMessage(), e);
        }
    }

    private Connection connect() throws IOException {
        List<String> failures = new ArrayList<>();
        for (URI uri : uris) {
            try {
                TSocket socket = new TSocket(
                        TConfiguration.DEFAULT, uri.getHost(), uri.getPort(), RESPONSE_TIMEOUT_MS, CONNECT_TIMEOUT_MS);
                socket.open();
                return new Connection(uri, socket);
            } catch (TTransportException e) {
                failures.add(uri + ": " + e.getMessage());
            }
        }
        throw new CatalogUnavailableException("cannot connect to any metastore of hive.metastore.uris: "
                + String.join("; ", failures) + ". Check that it runs");
    }
}
