package io.tailrace.loader.hive;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tailrace.loader.table.Column;
import io.tailrace.loader.table.ColumnType;
import io.tailrace.loader.table.TableDefinition;
import java.io.IOException;
import java.util.List;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.hive.metastore.api.FieldSchema;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class HiveColumnsTest {

    @Test
    void addsColumnsAndKeepsThoseOfTheTable() throws IOException {
        List<FieldSchema> existing = List.of(
                new FieldSchema("Status", "int", "edited by an analyst"), new FieldSchema("dropped", "date", null));

        List<FieldSchema> grown = HiveColumns.grown(
                existing, table(column("status", "int"), new Column("method", type("string"), "added")));

        assertThat(grown)
                .containsExactly(existing.get(0), existing.get(1), new FieldSchema("method", "string", "added"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "int | bigint | bigint",
                "bigint | int | bigint",
                "float | double | double",
                "decimal(9,2) | decimal(12,2) | decimal(12,2)",
                "array<int> | array<bigint> | array<bigint>",
                "struct<a:int> | struct<b:string,a:bigint> | struct<a:bigint,b:string>",
                "map<string,struct<a:int>> | map<string,struct<a:int,b:date>> | map<string,struct<a:int,b:date>>"
            })
    void widensAColumn(String existing, String now, String grown) throws IOException {
        assertThat(HiveColumns.grown(List.of(new FieldSchema("c", existing, null)), table(column("c", now))))
                .containsExactly(new FieldSchema("c", grown, null));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "int | string",
                "string | binary",
                "decimal(9,2) | decimal(12,4)",
                "int | struct<member0:int,member1:string>",
                "struct<a:int> | struct<a:string>",
                "array<int> | map<string,int>",
                "varchar(10) | string"
            })
    void refusesATypeThatCannotBeReadWithTheFormerOne(String existing, String now) {
        assertThatThrownBy(
                        () -> HiveColumns.grown(List.of(new FieldSchema("c", existing, null)), table(column("c", now))))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("hits, column c")
                .hasMessageContaining(existing)
                .hasMessageContaining(now);
    }

    @Test
    void refusesWhatTheMetastoreCannotStore() throws IOException {
        assertThat(HiveColumns.of(table(column("c".repeat(767), "int")))).hasSize(1);
        assertThatThrownBy(() -> HiveColumns.of(table(column("c".repeat(768), "int"))))
                .hasMessageContaining("at most 767 characters");
        assertThatThrownBy(() -> HiveColumns.of(table(column("c", "struct<" + "a".repeat(32_700) + ":int>"))))
                .hasMessageContaining("at most 32672 characters");
    }

    private static Column column(String name, String type) {
        return new Column(name, type(type), null);
    }

    private static ColumnType type(String type) {
        return ColumnType.parse(type);
    }

    private static TableDefinition table(Column... columns) {
        Path folder = new Path("/tailrace/hits");
        return new TableDefinition("hits", "hits_1", List.of(columns), folder, folder.getParent());
    }
}
