package io.tailrace.schemas;

import io.tailrace.cli.ClientCommands;
import java.time.Duration;

/** The main class of the commands that need only a client; they can read the Avro records of a registry. */
public final class ClientMain {
    private static final Duration REGISTRY_TIMEOUT = Duration.ofSeconds(10);

    private ClientMain() {}

    public static void main(String[] args) {
        System.exit(ClientCommands.commandLine(
                        address -> new AvroValueDecoder(new HttpSchemaRegistryClient(address, REGISTRY_TIMEOUT)))
                .execute(args));
    }
}
