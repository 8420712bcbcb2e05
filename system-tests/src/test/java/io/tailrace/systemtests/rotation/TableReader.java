package io.tailrace.systemtests.rotation;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Base64;

/** Gives the rows of tables to a judge, as {@code tailrace hive --output json} prints them. */
public final class TableReader {
    private static final ObjectMapper JSON = new ObjectMapper();

    private final RowJudge judge;

    public TableReader(RowJudge judge) {
        this.judge = judge;
    }

    /**
     * Gives all rows to the judge.
     *
     * @param answers arrays of objects with the columns {@code host, file, file_id, byte_offset, line}, and {@code line_bytes} in
     *     base 64 if these are dead letters
     */
    public void read(String table, boolean areDeadLetters, InputStream answers) throws IOException {
        try (JsonParser parser = new JsonFactory(JSON).createParser(answers)) {
            for (JsonToken token = parser.nextToken(); token != null; token = parser.nextToken()) {
                if (token == JsonToken.START_OBJECT) {
                    judge.accept(row(table, areDeadLetters, parser.readValueAsTree()));
                }
            }
        }
    }

    private static Row row(String table, boolean isDeadLetter, JsonNode columns) {
        return new Row(
                table,
                isDeadLetter,
                columns.path("host").asText(),
                columns.path("file").asText(),
                columns.path("file_id").asText(""),
                columns.path("byte_offset").asLong(-1),
                line(columns));
    }

    private static byte[] line(JsonNode columns) {
        String bytes = columns.path("line_bytes").asText("");
        return bytes.isEmpty()
                ? columns.path("line").asText().getBytes(StandardCharsets.UTF_8)
                : Base64.getDecoder().decode(bytes);
    }
}
