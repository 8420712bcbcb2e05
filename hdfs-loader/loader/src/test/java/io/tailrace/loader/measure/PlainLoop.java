package io.tailrace.loader.measure;

import io.tailrace.schemas.HttpSchemaRegistryClient;
import java.io.IOException;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericDatumReader;
import org.apache.avro.generic.GenericRecord;
import org.apache.avro.io.BinaryDecoder;
import org.apache.avro.io.DecoderFactory;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.parquet.avro.AvroParquetWriter;
import org.apache.parquet.hadoop.ParquetWriter;
import org.apache.parquet.hadoop.metadata.CompressionCodecName;
import org.apache.parquet.io.LocalOutputFile;

/**
 * What somebody writes who needs no loader: Java's consumer, Avro's reader and one Parquet file, without hours, commits or a record's
 * position. Arguments: {@code BOOTSTRAP_SERVERS REGISTRY TOPIC PARTITIONS RECORDS FILE}.
 */
final class PlainLoop {
    private static final int FRAMING_BYTES = 5;

    private PlainLoop() {}

    public static void main(String[] args) throws IOException {
        long recordsLeft = Long.parseLong(args[4]);
        Schema schema = new HttpSchemaRegistryClient(URI.create(args[1]), Duration.ofSeconds(10)).schema(1);
        GenericDatumReader<GenericRecord> reader = new GenericDatumReader<>(schema, schema, GenericData.get());
        Map<String, Object> settings = Map.of("bootstrap.servers", args[0], "auto.offset.reset", "earliest");
        try (KafkaConsumer<byte[], byte[]> consumer =
                        new KafkaConsumer<>(settings, new ByteArrayDeserializer(), new ByteArrayDeserializer());
                ParquetWriter<GenericRecord> writer = AvroParquetWriter.<GenericRecord>builder(
                                new LocalOutputFile(Path.of(args[5])))
                        .withSchema(schema)
                        .withDataModel(GenericData.get())
                        .withCompressionCodec(CompressionCodecName.ZSTD)
                        .build()) {
            List<TopicPartition> partitions = IntStream.range(0, Integer.parseInt(args[3]))
                    .mapToObj(partition -> new TopicPartition(args[2], partition))
                    .toList();
            consumer.assign(partitions);
            consumer.seekToBeginning(partitions);
            BinaryDecoder decoder = null;
            while (recordsLeft > 0) {
                for (ConsumerRecord<byte[], byte[]> record : consumer.poll(Duration.ofSeconds(1))) {
                    byte[] value = record.value();
                    if (ByteBuffer.wrap(value).getInt(1) != 1) {
                        throw new IOException("record " + record.offset() + ": expected schema 1");
                    }
                    decoder = DecoderFactory.get()
                            .binaryDecoder(value, FRAMING_BYTES, value.length - FRAMING_BYTES, decoder);
                    writer.write(reader.read(null, decoder));
                    recordsLeft--;
                }
            }
        }
    }
}
