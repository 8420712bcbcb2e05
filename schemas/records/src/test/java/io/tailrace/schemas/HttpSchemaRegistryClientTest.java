package io.tailrace.schemas;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.apache.avro.Schema;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

class HttpSchemaRegistryClientTest {
    private static final Schema INT = Schema.create(Schema.Type.INT);

    private record Answer(int status, String body) {}

    private final Queue<Answer> answers = new LinkedBlockingQueue<>();
    private final List<String> requests = new CopyOnWriteArrayList<>();
    private final HttpServer server = listen();
    private final HttpSchemaRegistryClient client = new HttpSchemaRegistryClient(
            URI.create("http://127.0.0.1:" + server.getAddress().getPort()),
            Duration.ofSeconds(10),
            Duration.ofMillis(1));

    private static HttpServer listen() {
        try {
            return HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @BeforeEach
    void start() {
        server.createContext("/", exchange -> {
            requests.add(exchange.getRequestMethod() + " " + exchange.getRequestURI());
            exchange.getRequestBody().readAllBytes();
            Answer answer = answers.remove();
            byte[] bytes = answer.body.getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(answer.status, bytes.length);
            try (OutputStream out = exchange.getResponseBody()) {
                out.write(bytes);
            }
        });
        server.start();
    }

    @AfterEach
    void stop() {
        server.stop(0);
    }

    @Test
    void responsesAreCached() {
        answers.add(new Answer(200, "{\"id\":7}"));
        answers.add(new Answer(200, "{\"schema\":\"\\\"int\\\"\"}"));

        assertThat(client.register("a b/c", INT)).isEqualTo(7);
        assertThat(client.register("a b/c", INT)).isEqualTo(7);
        assertThat(client.schema(7)).isEqualTo(INT);
        assertThat(client.schema(7)).isEqualTo(INT);

        assertThat(requests).containsExactly("POST /subjects/a%20b%2Fc/versions", "GET /schemas/ids/7");
    }

    @Test
    void serverErrorIsRetried() {
        answers.add(new Answer(500, "{\"error_code\":50001,\"message\":\"away\"}"));
        answers.add(new Answer(503, "<html>"));
        answers.add(new Answer(200, "{\"id\":7}"));

        assertThat(client.register("s", INT)).isEqualTo(7);
    }

    @Test
    void retriesAreBounded() {
        for (int i = 0; i < RegistryConnection.ATTEMPTS_MAX; i++) {
            answers.add(new Answer(500, "{\"error_code\":50001,\"message\":\"away\"}"));
        }

        assertThatExceptionOfType(SchemaRegistryException.class)
                .isThrownBy(() -> client.register("s", INT))
                .satisfies(e -> assertThat(e.errorCode()).isEqualTo(50001))
                .satisfies(e -> assertThat(e.isRetriable()).isTrue());
        assertThat(answers).isEmpty();
    }

    @Test
    void refusalIsNotRetried() {
        answers.add(new Answer(409, "{\"error_code\":409,\"message\":\"incompatible\"}"));

        assertThatExceptionOfType(SchemaRegistryException.class)
                .isThrownBy(() -> client.register("s", INT))
                .withMessageContaining("incompatible")
                .satisfies(e -> assertThat(e.errorCode()).isEqualTo(409))
                .satisfies(e -> assertThat(e.isRetriable()).isFalse());
        assertThat(requests).hasSize(1);
    }

    @Test
    void latestIdOfASubjectIsNotCached() {
        answers.add(new Answer(404, "{\"error_code\":40401,\"message\":\"none\"}"));
        answers.add(new Answer(200, "{\"subject\":\"s\",\"id\":3,\"version\":1,\"schema\":\"\\\"int\\\"\"}"));

        assertThat(client.latestId("s")).isEmpty();
        assertThat(client.latestId("s")).hasValue(3);
    }

    @Test
    void softDeletedVersionsAreFoundWhenAskedFor() {
        answers.add(new Answer(200, "[1,3]"));
        answers.add(new Answer(200, "{\"subject\":\"s\",\"id\":9,\"version\":3,\"schema\":\"\\\"int\\\"\"}"));
        answers.add(new Answer(404, "{\"error_code\":40401,\"message\":\"none\"}"));
        answers.add(new Answer(200, "[{\"subject\":\"s\",\"version\":3},{\"subject\":\"t\",\"version\":1}]"));

        assertThat(client.latestIdWithDeleted("s")).hasValue(9);
        assertThat(client.latestIdWithDeleted("t")).isEmpty();
        assertThat(client.subjectVersions(9))
                .containsExactly(
                        new SchemaRegistryClient.SubjectVersion("s", 3),
                        new SchemaRegistryClient.SubjectVersion("t", 1));

        assertThat(requests)
                .containsExactly(
                        "GET /subjects/s/versions?deleted=true",
                        "GET /subjects/s/versions/3?deleted=true",
                        "GET /subjects/t/versions?deleted=true",
                        "GET /schemas/ids/9/versions?deleted=true");
    }

    @Test
    void referencesOfASchemaAreFollowed() {
        answers.add(new Answer(
                200,
                "{\"schema\":\"{\\\"type\\\":\\\"array\\\",\\\"items\\\":\\\"x.F\\\"}\",\"references\":"
                        + "[{\"name\":\"x.F\",\"subject\":\"a b\",\"version\":2}]}"));
        answers.add(new Answer(
                200,
                "{\"schema\":\"{\\\"type\\\":\\\"fixed\\\",\\\"name\\\":\\\"F\\\",\\\"namespace\\\":"
                        + "\\\"x\\\",\\\"size\\\":3}\"}"));

        assertThat(client.schema(1).getElementType().getFixedSize()).isEqualTo(3);

        assertThat(requests).containsExactly("GET /schemas/ids/1", "GET /subjects/a%20b/versions/2?deleted=true");
    }

    @Test
    void referenceToAMissingVersionMakesTheSchemaUnusable() {
        answers.add(new Answer(
                200,
                "{\"schema\":\"\\\"x.F\\\"\",\"references\":[{\"name\":\"x.F\",\"subject\":\"a\",\"version\":2}]}"));
        answers.add(new Answer(404, "{\"error_code\":40402,\"message\":\"none\"}"));

        assertThatExceptionOfType(SchemaRegistryException.class)
                .isThrownBy(() -> client.schema(1))
                .withMessageContaining("reference x.F (subject a, version 2) does not resolve")
                .satisfies(e -> assertThat(e.errorCode()).isEqualTo(SchemaRegistryException.NOT_AVRO));
    }

    @Test
    void registryWithoutTheIdDiffersFromAnotherServerAndFromNone() {
        answers.add(new Answer(404, "{\"error_code\":40403,\"message\":\"Schema not found\"}"));
        answers.add(new Answer(404, "<html>"));
        answers.add(new Answer(404, "{\"error_code\":404,\"message\":\"HTTP 404 Not Found\"}"));

        assertThatExceptionOfType(SchemaRegistryException.class)
                .isThrownBy(() -> client.schema(1))
                .satisfies(e -> assertThat(e.isUnknown()).isTrue())
                .satisfies(e -> assertThat(e.isRetriable()).isFalse());
        for (int i = 0; i < 2; i++) {
            assertThatExceptionOfType(SchemaRegistryException.class)
                    .isThrownBy(() -> client.schema(1))
                    .withMessageContaining("check that this is the address of a schema registry")
                    .satisfies(e -> assertThat(e.isUnknown()).isFalse())
                    .satisfies(e -> assertThat(e.isRetriable()).isFalse());
        }
    }

    @Test
    void missingAnswerIsAnErrorThatNamesTheAddress() {
        server.stop(0);

        assertThatExceptionOfType(SchemaRegistryException.class)
                .isThrownBy(() -> client.schema(1))
                .withMessageContaining("/schemas/ids/1")
                .satisfies(e -> assertThat(e.isRetriable()).isTrue());
    }

    @Test
    void invalidAnswerIsAnError() {
        answers.add(new Answer(200, "{}"));
        answers.add(new Answer(200, "{}"));

        assertThatExceptionOfType(SchemaRegistryException.class)
                .isThrownBy(() -> client.register("s", INT))
                .satisfies(e -> assertThat(e.isRetriable()).isTrue());
        assertThatExceptionOfType(SchemaRegistryException.class)
                .isThrownBy(() -> client.schema(1))
                .satisfies(e -> assertThat(e.isRetriable()).isTrue());
    }

    @Test
    void schemaThatIsNotAvroIsNotRetried() {
        answers.add(new Answer(200, "{\"schema\":\"syntax = 'proto3'\"}"));

        assertThatExceptionOfType(SchemaRegistryException.class)
                .isThrownBy(() -> client.schema(1))
                .satisfies(e -> assertThat(e.errorCode()).isEqualTo(SchemaRegistryException.NOT_AVRO))
                .satisfies(e -> assertThat(e.isRetriable()).isFalse());
    }

    @Test
    void stalledResponseIsAnError() {
        assertThatNoAnswerComesFrom(body -> {
            body.write('{');
            body.flush();
        });
    }

    @Test
    void endlessResponseIsAnError() {
        byte[] piece = new byte[1 << 20];
        assertThatNoAnswerComesFrom(body -> {
            while (true) {
                body.write(piece);
            }
        });
    }

    @Test
    @Timeout(60)
    void headersThatComeInDripsAreAnError() throws Exception {
        Thread server;
        try (ServerSocket dripping = new ServerSocket(0, 10, InetAddress.getLoopbackAddress())) {
            server = new Thread(() -> drip(dripping));
            server.start();
            HttpSchemaRegistryClient impatient = new HttpSchemaRegistryClient(
                    URI.create("http://127.0.0.1:" + dripping.getLocalPort()),
                    Duration.ofMillis(200),
                    Duration.ofMillis(1));
            assertThatExceptionOfType(SchemaRegistryException.class)
                    .isThrownBy(() -> impatient.schema(1))
                    .withMessageContaining("timed out after PT0.2S");
        }
        server.join();
    }

    /** Serves one client after the other, a byte of a header every 20 ms, until the client gives up. */
    private static void drip(ServerSocket listening) {
        while (!listening.isClosed()) {
            try (Socket client = listening.accept()) {
                client.getOutputStream().write("HTTP/1.1 200 OK\r\nX: ".getBytes(StandardCharsets.US_ASCII));
                while (true) {
                    client.getOutputStream().write('x');
                    LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(20));
                }
            } catch (IOException e) {
                // The client has gone, or the test is over.
            }
        }
    }

    private interface Body {
        void writeTo(OutputStream response) throws IOException;
    }

    private void assertThatNoAnswerComesFrom(Body body) {
        HttpSchemaRegistryClient impatient = new HttpSchemaRegistryClient(
                URI.create("http://127.0.0.1:" + server.getAddress().getPort() + "/odd/"),
                Duration.ofMillis(200),
                Duration.ofMillis(1));
        server.createContext("/odd/", exchange -> {
            requests.add("odd");
            exchange.sendResponseHeaders(200, 0);
            body.writeTo(exchange.getResponseBody());
        });
        assertThatExceptionOfType(SchemaRegistryException.class)
                .isThrownBy(() -> impatient.schema(1))
                .withMessageContaining("no answer from schema registry")
                .satisfies(e -> assertThat(e.isRetriable()).isTrue());
        assertThat(requests).hasSizeLessThanOrEqualTo(RegistryConnection.ATTEMPTS_MAX);
    }
}
