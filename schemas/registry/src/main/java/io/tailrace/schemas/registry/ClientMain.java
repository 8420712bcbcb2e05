package io.tailrace.schemas.registry;

import io.tailrace.cli.ClientCommands;
import io.tailrace.schemas.HttpSchemaRegistryClient;
import java.time.Duration;

/**
 * The main class of the commands that need only a client. It is here, not beside the commands, so that {@code consume}
 * can read Avro.
 */
public final class ClientMain {
    private static final Duration REGISTRY_TIMEOUT = Duration.ofSeconds(10);

    private ClientMain() {}

    public static void main(String[] args) {
        System.exit(ClientCommands.commandLine(
                        address -> new AvroValueDecoder(new HttpSchemaRegistryClient(address, REGISTRY_TIMEOUT)))
                .execute(args));
    }
}
