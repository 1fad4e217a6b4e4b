using System.Diagnostics;

namespace Gatehouse.LoadBench.Proxies;

/// <summary>nginx as a plain reverse proxy: no log, kept connections both ways, request bodies in memory, answers unbuffered.</summary>
internal sealed class NginxProxy : Proxy
{
    /// <inheritdoc/>
    public override string Name => "nginx";

    /// <summary>Starts it with a configuration of its own.</summary>
    public static async Task<NginxProxy> StartAsync(string program, int upstreamPort)
    {
        var nginx = new NginxProxy();
        var config = Path.Combine(nginx.Folder, "nginx.conf");
        await File.WriteAllTextAsync(config, nginx.Config(upstreamPort));
        await nginx.StartAsync(new ProcessStartInfo(program, ["-p", nginx.Folder, "-c", config, "-e", Path.Combine(nginx.Folder, "error.log")]));
        return nginx;
    }

    // Bodies up to 2 MB stay in memory: nginx would write what is over 16 KB to a file.
    private string Config(int upstreamPort) => $$"""
        {{(Environment.UserName == "root" ? "user root;" : "")}}
        daemon off;
        worker_processes {{Environment.ProcessorCount}};
        worker_rlimit_nofile 20000;
        pid {{Folder}}/pid;
        error_log {{Folder}}/error.log error;
        events { worker_connections 16384; }
        http {
          access_log off;
          client_body_temp_path {{Folder}}/body;
          proxy_temp_path {{Folder}}/proxy;
          fastcgi_temp_path {{Folder}}/fastcgi;
          uwsgi_temp_path {{Folder}}/uwsgi;
          scgi_temp_path {{Folder}}/scgi;
          client_max_body_size 64m;
          client_body_buffer_size 2m;
          keepalive_timeout 300s;
          keepalive_requests 1000000000;
          tcp_nodelay on;
          upstream provider { server 127.0.0.1:{{upstreamPort}}; keepalive 512; keepalive_requests 1000000000; }
          server {
            listen 127.0.0.1:{{Port}} backlog=4096;
            location / {
              proxy_pass http://provider;
              proxy_http_version 1.1;
              proxy_set_header Connection "";
              proxy_buffering off;
              proxy_read_timeout 600s;
            }
          }
        }
        """;
}
