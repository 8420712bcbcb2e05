package io.tailrace.schemas.registry;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.apache.avro.Schema;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CompatibilityTest {
    private static final Schema A = record("{\"name\":\"a\",\"type\":\"int\"}");
    private static final Schema A_AND_OPTIONAL_B =
            record("{\"name\":\"a\",\"type\":\"int\"},{\"name\":\"b\",\"type\":\"int\",\"default\":0}");
    private static final Schema A_AND_B = record("{\"name\":\"a\",\"type\":\"int\"},{\"name\":\"b\",\"type\":\"int\"}");

    private static Schema record(String fields) {
        return new Schema.Parser().parse("{\"type\":\"record\",\"name\":\"R\",\"fields\":[" + fields + "]}");
    }

    @ParameterizedTest
    @CsvSource({
        // level, may add a field without a default, may remove it, may add a field with a default
        "NONE, true, true, true",
        "BACKWARD, false, true, true",
        "FORWARD, true, false, true",
        "FULL, false, false, true",
        "BACKWARD_TRANSITIVE, false, true, true",
        "FORWARD_TRANSITIVE, true, false, true",
        "FULL_TRANSITIVE, false, false, true"
    })
    void levelAllowsItsChanges(Compatibility level, boolean added, boolean removed, boolean optionalAdded) {
        assertThat(level.incompatibilities(A_AND_B, List.of(A)).isEmpty()).isEqualTo(added);
        assertThat(level.incompatibilities(A, List.of(A_AND_B)).isEmpty()).isEqualTo(removed);
        assertThat(level.incompatibilities(A_AND_OPTIONAL_B, List.of(A)).isEmpty())
                .isEqualTo(optionalAdded);
        assertThat(level.incompatibilities(A, List.of())).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"BACKWARD, true", "BACKWARD_TRANSITIVE, false", "FULL, true", "FULL_TRANSITIVE, false"})
    void onlyTransitiveLevelsCheckSchemasBeforeTheLatest(Compatibility level, boolean allowed) {
        assertThat(level.incompatibilities(A_AND_B, List.of(A, A_AND_OPTIONAL_B))
                        .isEmpty())
                .isEqualTo(allowed);
    }
}
