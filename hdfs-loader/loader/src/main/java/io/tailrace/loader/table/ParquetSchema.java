package io.tailrace.loader.table;

import java.util.List;
import org.apache.avro.Schema;
import org.apache.hadoop.conf.Configuration;
import org.apache.parquet.avro.AvroSchemaConverter;
import org.apache.parquet.avro.AvroWriteSupport;
import org.apache.parquet.schema.ColumnOrder;
import org.apache.parquet.schema.MessageType;
import org.apache.parquet.schema.Type;

/** The Parquet schema of a table's files, as Hive can read it. */
public final class ParquetSchema {
    private ParquetSchema() {}

    /** Returns the Parquet schema of an Avro schema of rows. Lists have three levels. */
    public static MessageType of(Schema rows) {
        Configuration conf = new Configuration(false);
        conf.setBoolean(AvroWriteSupport.WRITE_OLD_LIST_STRUCTURE, false);
        MessageType type = new AvroSchemaConverter(conf).convert(rows);
        return new MessageType(type.getName(), ordered(type.getFields()));
    }

    /**
     * Since 1.18, Parquet's library gives floats and doubles the order of IEEE 754 in the footer. Readers before it, such as
     * Hive 4.0, do not know that order, and Hive then reads none of these columns.
     */
    private static List<Type> ordered(List<Type> types) {
        return types.stream()
                .map(type -> type.isPrimitive()
                        ? type.asPrimitiveType().withColumnOrder(ColumnOrder.typeDefined())
                        : type.asGroupType()
                                .withNewFields(ordered(type.asGroupType().getFields())))
                .toList();
    }
}
