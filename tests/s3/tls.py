"""A made-up certificate authority and a server's certificate, made with openssl.

    make(folder, alt)    (authority, certificate, key): paths; those that are there already are used again
"""
import os
import subprocess


def openssl(*args):
    subprocess.run(["openssl", *args], check=True, capture_output=True)


NAMES = "DNS:localhost,DNS:*.localhost,IP:127.0.0.1"


def make(folder, alt=NAMES):
    os.makedirs(folder, exist_ok=True)
    ca, ca_key, cert, key, ask, names = (os.path.join(folder, n) for n in ("ca.pem", "ca.key", "server.pem", "server.key", "ask.pem", "names"))
    if not os.path.exists(cert):
        curve = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes")
        openssl("req", "-x509", *curve, "-keyout", ca_key, "-out", ca, "-days", "2", "-subj", "/CN=authority of the tests",
                "-addext", "basicConstraints=critical,CA:TRUE")
        openssl("req", *curve, "-keyout", key, "-out", ask, "-subj", "/CN=tests")
        with open(names, "w") as f:
            f.write(f"subjectAltName={alt}\n")
        openssl("x509", "-req", "-in", ask, "-CA", ca, "-CAkey", ca_key, "-CAcreateserial", "-days", "2", "-extfile", names, "-out", cert)
    return ca, cert, key
