package io.tailrace.loader.run;

import static org.assertj.core.api.Assertions.assertThat;

import io.tailrace.client.ClientException;
import io.tailrace.loader.store.CommitConflictException;
import io.tailrace.loader.table.CatalogUnavailableException;
import io.tailrace.protocol.ErrorCode;
import io.tailrace.schemas.SchemaRegistryException;
import java.io.IOException;
import java.net.ConnectException;
import java.net.SocketTimeoutException;
import java.util.List;
import org.apache.hadoop.ipc.RemoteException;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;

class FailuresTest {
    static final List<Exception> MAY_PASS = List.of(
            new ClientException(ErrorCode.LEADER_NOT_AVAILABLE, "no leader"),
            new IOException("cannot commit", new ClientException(ErrorCode.NETWORK_EXCEPTION, "down")),
            new SchemaRegistryException("cannot reach the registry", new ConnectException()),
            new SchemaRegistryException(50001, "store"),
            new ConnectException("NameNode"),
            new SocketTimeoutException("NameNode"),
            new RemoteException("org.apache.hadoop.hdfs.server.namenode.SafeModeException", "safe mode"),
            new RemoteException("org.apache.hadoop.ipc.StandbyException", "standby"),
            new CatalogUnavailableException("no metastore"));

    static final List<Exception> FINAL = List.of(
            new ClientException(ErrorCode.TOPIC_AUTHORIZATION_FAILED, "no"),
            new SchemaRegistryException(SchemaRegistryException.SCHEMA_NOT_FOUND, "no schema"),
            new CommitConflictException("lost"),
            new IOException("interrupted", new InterruptedException()),
            new IOException("connection", new CommitConflictException("lost")),
            new RemoteException("org.apache.hadoop.security.AccessControlException", "denied"),
            new IllegalStateException("defect"),
            new IOException("gap"));

    @ParameterizedTest
    @FieldSource("MAY_PASS")
    void mayPass(Exception failure) {
        assertThat(Failures.isTransient(failure)).isTrue();
    }

    @ParameterizedTest
    @FieldSource("FINAL")
    void doesNotPass(Exception failure) {
        assertThat(Failures.isTransient(failure)).isFalse();
    }
}
