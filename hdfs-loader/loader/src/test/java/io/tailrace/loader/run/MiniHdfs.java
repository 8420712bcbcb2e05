package io.tailrace.loader.run;

import java.io.IOException;
import java.nio.file.Path;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.hdfs.MiniDFSCluster;

/** An HDFS with one DataNode in this JVM. */
final class MiniHdfs implements AutoCloseable {
    private final MiniDFSCluster cluster;

    MiniHdfs(Path dir) throws IOException {
        Configuration conf = new Configuration();
        conf.set(MiniDFSCluster.HDFS_MINIDFS_BASEDIR, dir.toString());
        cluster = new MiniDFSCluster.Builder(conf).numDataNodes(1).build();
        cluster.waitActive();
    }

    org.apache.hadoop.fs.Path path(String path) throws IOException {
        return new org.apache.hadoop.fs.Path(cluster.getFileSystem().getUri() + path);
    }

    @Override
    public void close() {
        cluster.shutdown();
    }
}
