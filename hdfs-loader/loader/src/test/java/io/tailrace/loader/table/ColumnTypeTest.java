package io.tailrace.loader.table;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ColumnTypeTest {

    @ParameterizedTest
    @ValueSource(
            strings = {
                "int",
                "decimal(38,10)",
                "array<array<string>>",
                "map<string,struct<a:array<int>,b:decimal(9,2),c:map<string,date>>>",
                "struct<>",
                "map<int,string>",
                "uniontype<int,string>"
            })
    void parsesWhatItPrints(String type) {
        assertThat(ColumnType.parse(type)).hasToString(type);
    }
}
