namespace Gatehouse.Gateway.Exchanges;

/// <summary>A connection that can receive a body's bytes where they are wanted, so that nobody copies them there. A feature of the server's connections, where the platform allows it.</summary>
internal interface IBodyLanding
{
    /// <summary>
    /// The next bytes, as many as the memory holds, are to be received there once all that came before them is consumed; a read then lends a part of that very memory, which
    /// must be consumed whole. No memory takes that back, also when a read is pending: from then on nothing is written there.
    /// </summary>
    void Land(Memory<byte> memory);
}
