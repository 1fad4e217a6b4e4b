using System.Security.Cryptography;
using System.Text;

namespace Gatehouse.Simulator.Metering;

/// <summary>Hashes a request piece by piece, so that the value after each piece names the prefix up to there. Not thread-safe.</summary>
internal sealed class PrefixHash : IDisposable
{
    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);

    /// <summary>Bytes taken in so far.</summary>
    public int Bytes { get; private set; }

    /// <summary>Takes in one piece and returns the name of the prefix that ends with it.</summary>
    public string Add(string piece)
    {
        var bytes = Encoding.UTF8.GetBytes(piece);
        Bytes += bytes.Length;
        _hash.AppendData(bytes);
        return Convert.ToHexString(_hash.GetCurrentHash());
    }

    public void Dispose() => _hash.Dispose();
}
