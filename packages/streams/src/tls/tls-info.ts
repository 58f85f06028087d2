import type { TLSSocket } from 'node:tls'

function peerCertificate(tls: TLSSocket): unknown {
  const certificate = tls.getPeerCertificate() as object | null | undefined
  return Object.keys(certificate ?? {}).length === 0 ? undefined : certificate
}

const answers: Readonly<Record<string, (tls: TLSSocket) => unknown>> = {
  tlsSocket: (tls) => tls,
  peercert: peerCertificate,
  cipher: (tls) => tls.getCipher(),
  alpnProtocol: (tls) => (tls.alpnProtocol === false ? undefined : (tls.alpnProtocol ?? undefined)),
  // What the client asked for; a server that was asked for nothing has `false`.
  servername: (tls) => (tls as { servername?: string | false | null }).servername || undefined,
}

/** What is known of a TLS connection by asyncio's names; compression there is none. */
export function tlsInfo(tls: TLSSocket, name: string): unknown {
  return Object.hasOwn(answers, name) ? answers[name]?.(tls) : undefined
}
