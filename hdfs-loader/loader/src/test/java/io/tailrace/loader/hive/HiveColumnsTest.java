package io.tailrace.loader.hive;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.apache.avro.LogicalTypes;
import org.apache.avro.Schema;
import org.apache.avro.SchemaBuilder;
import org.apache.hadoop.hive.metastore.api.FieldSchema;
import org.junit.jupiter.api.Test;

class HiveColumnsTest {
    @Test
    void mapsTypesToHive() {
        Schema schema = SchemaBuilder.record("E")
                .fields()
                .requiredString("s")
                .optionalLong("l")
                .requiredBytes("b")
                .name("t")
                .type(LogicalTypes.timestampMillis().addToSchema(Schema.create(Schema.Type.LONG)))
                .noDefault()
                .name("d")
                .type(LogicalTypes.decimal(9, 2).addToSchema(Schema.create(Schema.Type.BYTES)))
                .noDefault()
                .name("m")
                .type()
                .map()
                .values()
                .array()
                .items()
                .intType()
                .noDefault()
                .name("r")
                .type()
                .record("Inner")
                .fields()
                .requiredDouble("x")
                .endRecord()
                .noDefault()
                .endRecord();

        assertThat(HiveColumns.of(schema))
                .extracting(FieldSchema::getType)
                .containsExactly(
                        "string",
                        "bigint",
                        "binary",
                        "timestamp",
                        "decimal(9,2)",
                        "map<string,array<int>>",
                        "struct<x:double>");
    }

    @Test
    void namesAFieldThatHiveHasNoTypeFor() {
        Schema schema = SchemaBuilder.record("E")
                .fields()
                .name("either")
                .type()
                .unionOf()
                .intType()
                .and()
                .stringType()
                .endUnion()
                .noDefault()
                .endRecord();

        assertThatThrownBy(() -> HiveColumns.of(schema)).hasMessageContaining("either");
    }
}
