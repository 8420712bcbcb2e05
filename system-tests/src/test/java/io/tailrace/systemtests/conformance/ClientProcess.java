package io.tailrace.systemtests.conformance;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * A script below {@code src/test/resources/clients} that drives a client of another language. It reads one line of JSON for each
 * request and answers with one line; the scripts describe both. Not thread-safe.
 */
final class ClientProcess implements AutoCloseable {
    private static final Path SCRIPTS =
            Path.of("src", "test", "resources", "clients").toAbsolutePath();
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final long ANSWER_SECONDS_MAX = 180;
    private static final long END_SECONDS_MAX = 30;

    private final Process process;
    private final Path log;
    private final Writer requests;
    private final BufferedReader answers;

    private ClientProcess(Process process, Path log) {
        this.process = process;
        this.log = log;
        this.requests = process.outputWriter(UTF_8);
        this.answers = process.inputReader(UTF_8);
    }

    /** Starts a script; what it writes to standard error goes to {@code log}. */
    static ClientProcess start(Path log, Map<String, String> environment, List<String> commandLine) throws IOException {
        ProcessBuilder builder = new ProcessBuilder(commandLine).redirectError(log.toFile());
        builder.environment().putAll(environment);
        return new ClientProcess(builder.start(), log);
    }

    /** The path of a script, such as {@code python/confluent.py}. */
    static String script(String name) {
        return SCRIPTS.resolve(name).toString();
    }

    /**
     * Makes a request and waits for the answer.
     *
     * @throws ClientError if the client reports an error
     * @throws AssertionError if the script ends or does not answer in time
     */
    JsonNode call(String operation, Map<String, ?> arguments) {
        Map<String, Object> request = new HashMap<>(arguments);
        request.put("op", operation);
        try {
            requests.write(JSON.writeValueAsString(request) + "\n");
            requests.flush();
            JsonNode answer = JSON.readTree(nextLine(operation));
            if (answer.has("result")) {
                return answer.get("result");
            }
            throw new ClientError(
                    answer.path("error").asInt(), answer.path("message").asText());
        } catch (IOException e) {
            throw new AssertionError(operation + ": the client has ended; its output:\n" + output(), e);
        }
    }

    private String nextLine(String operation) throws IOException {
        CompletableFuture<String> line = CompletableFuture.supplyAsync(() -> {
            try {
                return answers.readLine();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        });
        try {
            String answer = line.get(ANSWER_SECONDS_MAX, TimeUnit.SECONDS);
            if (answer == null) {
                throw new IOException("end of output");
            }
            return answer;
        } catch (TimeoutException e) {
            process.destroyForcibly();
            throw new AssertionError(
                    operation + ": no answer within " + ANSWER_SECONDS_MAX + " s; output of the client:\n" + output(),
                    e);
        } catch (InterruptedException | ExecutionException e) {
            process.destroyForcibly();
            throw new IOException(e);
        }
    }

    private String output() {
        try {
            return Files.readString(log);
        } catch (IOException e) {
            return e.toString();
        }
    }

    /** Ends the script's input, upon which it ends; kills it if it does not end in time. */
    @Override
    public void close() throws IOException {
        try {
            requests.close();
        } catch (IOException e) {
            process.destroy(); // it has ended already, or no longer reads
        }
        process.onExit()
                .orTimeout(END_SECONDS_MAX, TimeUnit.SECONDS)
                .exceptionally(late -> process.destroyForcibly())
                .join();
        answers.close();
    }
}
