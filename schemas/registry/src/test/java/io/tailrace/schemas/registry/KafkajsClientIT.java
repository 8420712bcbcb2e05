package io.tailrace.schemas.registry;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.tailrace.schemas.FramedAvroDecoder;
import io.tailrace.schemas.FramedAvroEncoder;
import io.tailrace.schemas.HttpSchemaRegistryClient;
import io.tailrace.schemas.Schemas;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HexFormat;
import java.util.Optional;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A third-party client registers, finds, encodes and decodes. We read what it writes, and it reads what we write. */
class KafkajsClientIT {
    private static final String SUBJECT = "tailrace-audit-value";

    @Test
    void kafkajsClientWorksUnchanged(@TempDir Path folder) throws Exception {
        NodeClient.install();
        try (RunningBroker broker = RunningBroker.start(folder);
                RegistryServer server = SchemaRegistryIT.start(broker, "_schemas")) {
            URI url = URI.create("http://127.0.0.1:" + server.address().getPort());
            HttpSchemaRegistryClient ours = new HttpSchemaRegistryClient(url, Duration.ofSeconds(20));
            int auditId = ours.register(SUBJECT, Schemas.AUDIT_COUNT);

            JsonNode result = NodeClient.run(url.toString(), new FramedAvroEncoder().encode(auditId, auditCount()));

            JsonNode ids = result.path("ids");
            assertThat(ids.get(0).asInt())
                    .isEqualTo(ids.get(1).asInt())
                    .isNotEqualTo(ids.get(2).asInt());
            assertThat(result.path("latest").asInt()).isEqualTo(ids.get(2).asInt());
            assertThat(result.path("byVersion").asInt()).isEqualTo(ids.get(0).asInt());
            assertThat(result.path("bySchema").asInt()).isEqualTo(ids.get(0).asInt());
            assertThat(result.path("incompatible").path("message").asText()).contains("incompatible");
            assertThat(result.path("incompatible").path("status").asInt()).isEqualTo(409);
            assertThat(result.path("unknownId").path("status").asInt()).isEqualTo(404);
            assertThat(result.path("unknownSubject").path("status").asInt()).isEqualTo(404);
            assertThat(result.path("decoded").path("item").asText()).isEqualTo("Mühle");
            assertThat(result.path("fromJava").path("topic").asText()).isEqualTo("access-log");
            assertEncodedIsReadBy(
                    ours, HexFormat.of().parseHex(result.path("encoded").asText()));
        }
    }

    private static void assertEncodedIsReadBy(HttpSchemaRegistryClient ours, byte[] framed) {
        FramedAvroDecoder decoder = new FramedAvroDecoder(ours, Optional.empty());
        GenericRecord order = (GenericRecord) ((FramedAvroDecoder.Decoded.Value) decoder.decode(framed)).value();
        assertThat(order.get("id")).isEqualTo(42L);
        assertThat(order.get("item")).hasToString("Mühle");
        assertThat(order.get("note")).hasToString("x");
    }

    /** An audit count with a value in every field that needs one. */
    private static GenericRecord auditCount() {
        GenericRecord record = new GenericData.Record(Schemas.AUDIT_COUNT);
        for (Schema.Field field : Schemas.AUDIT_COUNT.getFields()) {
            record.put(
                    field.pos(),
                    switch (field.schema().getType()) {
                        case STRING -> "access-log";
                        case LONG -> 1_431_828_000_000L;
                        case INT -> 1;
                        case UNION -> null;
                        default -> throw new IllegalStateException("a field of an unexpected type: " + field);
                    });
        }
        return record;
    }
}
