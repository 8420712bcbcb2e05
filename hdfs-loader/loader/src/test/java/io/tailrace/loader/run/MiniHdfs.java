package io.tailrace.loader.run;

import java.io.IOException;
import java.nio.file.Path;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.SafeModeAction;
import org.apache.hadoop.hdfs.MiniDFSCluster;
import org.apache.hadoop.hdfs.protocol.HdfsConstants;

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

    /** Makes the NameNode refuse all changes, or accept them again. */
    void safeMode(boolean on) throws IOException {
        cluster.getFileSystem().setSafeMode(on ? SafeModeAction.ENTER : SafeModeAction.LEAVE);
    }

    /** Lets nothing more be written below a folder, or lets it again. */
    void full(org.apache.hadoop.fs.Path folder, boolean on) throws IOException {
        long bytes = on ? 1 : HdfsConstants.QUOTA_RESET;
        cluster.getFileSystem().setQuota(folder, HdfsConstants.QUOTA_DONT_SET, bytes);
    }

    /** Ends the NameNode and starts it again. */
    void restartNameNode() throws IOException {
        cluster.restartNameNode(true);
    }

    @Override
    public void close() {
        cluster.shutdown();
    }
}
