package io.tailrace.loader;

import java.io.BufferedReader;
import java.io.IOException;

/** A schema registry in its own process. */
public final class RegistryProcess implements AutoCloseable {
    private final Process process;
    private final String url;

    private RegistryProcess(Process process, String url) {
        this.process = process;
        this.url = url;
    }

    /** Starts a registry on brokers, and waits until it is ready. */
    public static RegistryProcess start(String brokers) throws IOException {
        Process process = new ProcessBuilder(
                        System.getProperty("java.home") + "/bin/java",
                        "-Xmx128m",
                        "-cp",
                        System.getProperty("java.class.path"),
                        "io.tailrace.schemas.registry.SchemaRegistryCommand",
                        "--set",
                        "listeners=http://127.0.0.1:0",
                        "--set",
                        "kafkastore.bootstrap.servers=" + brokers)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        BufferedReader out = process.inputReader();
        for (String line = out.readLine(); line != null; line = out.readLine()) {
            if (line.startsWith("schema registry is ready on port ")) {
                return new RegistryProcess(process, "http://127.0.0.1:" + line.replaceAll("\\D+", ""));
            }
        }
        throw new IOException("the registry did not start");
    }

    public String url() {
        return url;
    }

    @Override
    public void close() {
        process.destroy();
    }
}
